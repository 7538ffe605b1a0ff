import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Completion } from '@parley/protocol'
import { useUi } from '../ui.js'
import type { ArgumentPlace } from './argument-place.js'

/** The gateway is asked once the typing rests for so long. */
const ASK_AFTER_MS = 150

/** What the gateway knew for an argument, and for which text it was asked. */
type Found = { readonly argument: string; readonly text: string; readonly values: readonly Completion[] }
const NOTHING: Found = { argument: '', text: '', values: [] }
const NO_VALUES: readonly Completion[] = []

/**
 * What can stand at this place: an argument's own choices at once, or what the gateway knows. Until it has answered for
 * a longer word, what fits of its former answer stays, so that the list does not flicker; an answer that comes for
 * another word than the one at the caret counts no more.
 */
export function useValues(command: string, place: ArgumentPlace | null): readonly Completion[] {
  const { client, after, report } = useUi()
  const [found, setFound] = useState(NOTHING)
  const { name = '', completes = false, choices } = place?.argument ?? {}
  const argument = `${command} ${name}`
  const word = place?.word ?? ''
  const isAsked = completes && !choices

  useEffect(() => {
    if (!isAsked) return undefined
    let isWanted = true
    const take = (values: readonly Completion[]) => isWanted && setFound({ argument, text: word, values })
    const cancel = after(ASK_AFTER_MS, () => void client.conversation.complete(command, name, word).then(take).catch(report))
    return () => {
      isWanted = false
      cancel()
    }
  }, [client, isAsked, argument, word])

  return useMemo(() => {
    if (choices) return choices.filter((choice) => beginsWith(choice, word)).map((value) => ({ value }))
    return isAsked && found.argument === argument ? fitting(found, word) : NO_VALUES
  }, [choices, isAsked, found, argument, word])
}

const beginsWith = (text: string, word: string): boolean => text.toLowerCase().startsWith(word.toLowerCase())

/** The gateway decides what fits a text that it was asked for; for a longer one, meanwhile, what has the word in it. */
function fitting({ text, values }: Found, word: string): readonly Completion[] {
  if (word === text) return values
  if (!word.startsWith(text)) return NO_VALUES
  const sought = word.toLowerCase()
  return values.filter(({ value, label = '' }) => `${value}\n${label}`.toLowerCase().includes(sought))
}
