import { useState } from 'preact/hooks'
import { checkArguments, safeLink, type Arguments, type CardAction } from '@parley/protocol'
import { useUi } from '../ui.js'
import { useAtom } from '../use-atom.js'
import { Icon } from '../views/icons.js'
import type { PartOwner } from '../views/rich-views.js'
import { RICH_ICONS } from './icons.js'
import { OutLink } from './out-link.js'
import { Spinner } from './run-line.js'
import { usePress } from './use-press.js'
import { words } from './words.js'

type ActionProps = { readonly action: CardAction; readonly item: PartOwner /** What the answer is called in the transcript. */; readonly says: string }

/** One thing that can be done from a card. */
export function Action({ action, item, says }: ActionProps) {
  if ('command' in action) return <CommandButton {...action} />
  if ('value' in action) return <AnswerButton {...action} item={item} says={says} />
  return <LinkButton {...action} />
}

/**
 * Runs a command of the inbox; the page's commands are not for others to press. A choice may be offered to some visitors
 * only, and what is offered may change while the card stands there.
 */
function CommandButton({ label, command, args }: { readonly label: string; readonly command: string; readonly args: Arguments }) {
  const { client } = useUi()
  const chat = client.conversation
  const spec = useAtom(chat.$inboxCommands).find(({ name }) => name === command)
  const refusal = spec ? (checkArguments(spec, args).ok ? '' : words.notOfferedSo(label)) : words.notOffered(command)
  return <PressButton label={label} refusal={refusal} act={() => chat.run(command, args, { of: 'inbox' })} />
}

/** Answers; once one of the part's answers is given, all rest. */
function AnswerButton({ label, value, item, says }: { readonly label: string; readonly value: string } & Omit<ActionProps, 'action'>) {
  const { client } = useUi()
  const { answer, isMine, key } = item
  const refusal = isMine || answer === undefined ? words.notAnswerable : answer === null ? '' : words.answered
  const isChosen = typeof answer === 'string' ? answer === value : undefined
  return <PressButton label={label} refusal={refusal} isChosen={isChosen} act={() => client.conversation.answer(key, value, says)} />
}

type PressProps = {
  readonly label: string
  /** Why it cannot be pressed now; empty when it can. */
  readonly refusal: string
  readonly isChosen?: boolean | undefined
  readonly act: () => Promise<unknown>
}

/** It stays in the order of the keyboard when it cannot be pressed: there, too, one may ask why. */
function PressButton({ label, refusal: given, isChosen, act }: PressProps) {
  const { client, strings, $problem } = useUi()
  const { press, start } = usePress(act)
  const [reason] = useState(nextId)
  const isOver = useAtom(client.conversation.$status) === 'closed'
  const refusal = given || (isOver ? words.ended : '')
  const why = refusal || (press === 'busy' ? strings.sending : '')
  return (
    <button
      type="button"
      class="quiet act"
      part="button"
      data-state={press}
      aria-busy={press === 'busy' || undefined}
      aria-disabled={press !== 'ready' || refusal !== ''}
      aria-pressed={isChosen}
      aria-describedby={why ? reason : undefined}
      title={refusal || undefined}
      onClick={refusal ? () => $problem.set(refusal) : start}
    >
      {press === 'busy' ? <Spinner /> : press === 'taken' ? <Icon path={RICH_ICONS.check} /> : null}
      <span class="act-label">
        {isChosen ? <Icon path={RICH_ICONS.check} /> : null}
        {label}
      </span>
      {why ? (
        <span class="hidden" id={reason} aria-hidden="true">
          {why}
        </span>
      ) : null}
    </button>
  )
}

/** Ids are of one shadow root, but one chunk may serve several: they count on for ever. */
const nextId = (): string => `reason-${++ids}`
let ids = 0

function LinkButton({ label, url }: { readonly label: string; readonly url: string }) {
  const href = safeLink(url)
  if (!href) return <span class="faint">{`${label}: ${url}`}</span>
  return (
    <OutLink href={href} class="quiet act" part="button">
      {label} <Icon path={RICH_ICONS.out} />
      <span class="hidden">({words.newTab})</span>
    </OutLink>
  )
}
