import { useState } from 'preact/hooks'
import type { RefObject, TargetedKeyboardEvent } from 'preact'
import { explain, isInTranscript } from '../model.js'
import { moveActive, paletteFor, type Palette } from '../palette.js'
import { useUi } from '../ui.js'
import { useAtom } from '../use-atom.js'
import type { Offered } from './rich-views.js'
import { prepareRich } from './rich.js'

const NO_PALETTE: Palette = { kind: 'none' }

/** What the composer knows and does; how it looks is in `composer.tsx`. */
export function useComposer(field: RefObject<HTMLTextAreaElement | null>) {
  const { client, $problem } = useUi()
  const { $draft, setDraft } = client.conversation
  const commands = useAtom(client.conversation.$commands)
  const text = useAtom($draft)
  const submitLine = useSubmit()
  const [active, setActive] = useState(0)
  /** The text for which the reader has closed the list. */
  const [dismissed, dismiss] = useState<string | null>(null)
  const [offered, offer] = useState<Offered | null>(null)
  const palette = dismissed === text ? NO_PALETTE : paletteFor(text, commands)
  const shown = palette.kind === 'commands' ? palette : palette.kind === 'arguments' && offered?.text === text ? offered : null
  const options = shown?.options ?? []
  const current = Math.min(active, options.length - 1)

  const write = (next: string) => {
    setDraft(next)
    if (next.startsWith('/')) prepareRich()
    setActive(0)
    dismiss(null)
  }
  const choose = (insert: string) => {
    write(insert)
    field.current?.focus()
  }
  const onInput = (next: string) => {
    write(next)
    $problem.set(null)
    if (next.trim() && !next.startsWith('/')) client.conversation.setTyping()
  }
  const submit = async () => {
    if (!text.trim()) return
    write('')
    if (!(await submitLine(text.trim()))) dismiss(text.trim())
  }
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    // 229 is what some browsers send while a word is still being composed.
    if (event.isComposing || event.keyCode === 229) return
    const option = isPlain(event) ? options[current] : undefined
    const moved = option ? moveActive(event.key, current, options.length) : null
    if (moved !== null) setActive(moved)
    else if (option && isChoosing(event.key, palette, current)) choose(option.insert)
    else if (event.key === 'Enter' && !event.shiftKey) void submit()
    else if (event.key === 'Escape' && shown) dismiss(text)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const hasCommands = commands.length > 0
  return { text, hasCommands, palette, options, current, choose, offer, onInput, onKeyDown, submit }
}

const isPlain = (event: KeyboardEvent): boolean => !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey

/** Enter completes a name, but sends one that is a whole command already. */
function isChoosing(key: string, palette: Palette, current: number): boolean {
  const isComplete = palette.kind === 'commands' && palette.isComplete && current === 0
  return key === 'Tab' || (key === 'Enter' && !isComplete)
}

/** Sends a line; one that was refused before it got an entry comes back into the field, with the reason. */
function useSubmit(): (line: string) => Promise<boolean> {
  const { client, strings, $problem } = useUi()
  const chat = client.conversation
  return async (line) => {
    const before = new Set(chat.$timeline.get().map((item) => item.key))
    $problem.set(null)
    try {
      await chat.send(line)
      return true
    } catch (error) {
      if (isInTranscript(chat.$timeline.get(), before)) return true
      if (chat.$draft.get() === '') chat.setDraft(line)
      $problem.set(explain(error, strings))
      return false
    }
  }
}
