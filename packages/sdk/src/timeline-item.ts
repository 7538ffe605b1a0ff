import type { Author, Conversation, Entry, MessageEntry, MessageId, ParticipantId, ResultEntry, RunEntry, RunState } from '@parley/protocol'
import { ParleyError } from '@parley/protocol'
import type { CommandItem, LocalItem, MessageItem, ResultItem, TimelineItem } from './api.js'
import { commandText } from './command-text.js'
import type { OutboxItem } from './outbox-item.js'

/** What an entry's item is made from, besides the entry. */
export type ItemContext = {
  readonly conversation: Conversation
  readonly you: ParticipantId | null
  /** Choices the visitor made that are not acknowledged yet: messageId of the question → value. */
  readonly answering: ReadonlyMap<string, string>
  /** Messages that are being sent again, by their messageId. */
  readonly repeating: ReadonlySet<string>
}

/** A command of the page and what came of it, behind the row `after`. */
export type Local = { readonly after: number; readonly item: LocalItem }

/** An entry as views want it. */
export function itemOf(entry: Entry, context: ItemContext): TimelineItem {
  const { conversation, you } = context
  const placed = { key: entry.key, seq: entry.seq, author: entry.author, isMine: entry.author.id === you, at: entry.at }
  switch (entry.kind) {
    case 'message':
      return {
        ...placed,
        ...SENT,
        kind: 'message',
        parts: entry.parts,
        answer: answerTo(entry, context),
        ...deliveryOf(entry, context),
        about: entry.about ?? null
      }
    case 'run':
      return { ...placed, ...SENT, kind: 'command', ...commandOf(entry, conversation) }
    case 'result':
      return { ...placed, kind: 'result', run: entry.run, outcome: entry.outcome, ...resultOf(entry, context), answer: answerTo(entry, context) }
    case 'link':
      return linkOf(entry, placed, conversation)
    case 'notice':
      return { ...placed, kind: 'notice', notice: entry.notice }
    default:
      return entry satisfies never
  }
}

/** Is this item still what `itemOf` would make, as far as later events can change it? */
export function isCurrent(item: TimelineItem, entry: Entry, context: ItemContext): boolean {
  switch (entry.kind) {
    case 'message':
      return item.kind === 'message' && item.answer === answerTo(entry, context) && isDeliveryCurrent(item, deliveryOf(entry, context))
    case 'run':
      return item.kind === 'command' && item.run === runOf(entry, context.conversation)
    case 'result':
      return item.kind === 'result' && item.line === resultOf(entry, context).line && item.answer === answerTo(entry, context)
    case 'link':
      return item.kind === 'link' && item.link === context.conversation.links[entry.link]
    default:
      return true
  }
}

/** Can a later event change the item of this entry? */
export function canChange(entry: Entry, { conversation }: ItemContext): boolean {
  switch (entry.kind) {
    case 'message':
      return isQuestion(entry) || entry.key in conversation.undelivered
    case 'run':
      return !['finished', 'failed'].includes(runOf(entry, conversation)?.status ?? '')
    case 'result':
      return runOf(entry, conversation) === null || isQuestion(entry)
    case 'link':
      return conversation.links[entry.link]?.status === 'requested'
    default:
      return false
  }
}

const STATUS = { pending: 'sending', gone: 'sending', acked: 'sent', failed: 'failed' } as const

/** A message that waits in the outbox; `null` for what is not shown. */
export function pendingItem(item: OutboxItem, author: Author | null): MessageItem | CommandItem | null {
  const { draft, messageId, state } = item
  const placed = { key: messageId, seq: null, author, isMine: true, at: null }
  const sendable = {
    status: STATUS[state],
    error: item.error && ParleyError.fromWire(item.error)
  } as const
  switch (draft.type) {
    case 'message.created':
      return { ...placed, ...sendable, ...NEW, parts: draft.body.parts }
    case 'answer.given':
      return { ...placed, ...sendable, ...NEW, parts: [{ kind: 'text', text: draft.body.label ?? draft.body.value }] }
    case 'run.started':
      return { ...placed, ...sendable, kind: 'command', line: commandText(draft.body.command, draft.body.args), run: null }
    case 'void':
      return null
    default:
      return draft satisfies never
  }
}

const SENT = { status: 'sent', error: null } as const
const NEW = { kind: 'message', answer: null, undelivered: null, isSentAgain: false, about: null } as const

type Delivery = Pick<MessageItem, 'undelivered' | 'isSentAgain'>

/** Whether it got through to who answers, and was sent again if it did not. */
function deliveryOf(entry: MessageEntry, { conversation, answering, repeating }: ItemContext): Delivery {
  const told = conversation.undelivered[entry.key]
  if (!told) return { undelivered: null, isSentAgain: false }
  const isRepeating = entry.answers ? answering.has(entry.answers) : repeating.has(entry.key)
  return { undelivered: told.text, isSentAgain: told.isSentAgain || isRepeating }
}

const isDeliveryCurrent = (one: Delivery, other: Delivery): boolean => one.undelivered === other.undelivered && one.isSentAgain === other.isSentAgain

const runOf = (entry: RunEntry | ResultEntry, conversation: Conversation): RunState | null => conversation.runs[entry.run] ?? null

/** What an answer can be given to: choices and cards, said or brought by a run. */
function isQuestion(entry: MessageEntry | ResultEntry): boolean {
  const parts = entry.kind === 'message' ? entry.parts : entry.outcome.state === 'finished' ? entry.outcome.parts : []
  return parts.some(({ kind }) => kind === 'choices' || kind === 'cards')
}

const answerTo = (entry: MessageEntry | ResultEntry, { conversation, answering }: ItemContext): string | null =>
  isQuestion(entry) ? (conversation.answers[entry.key] ?? answering.get(entry.key) ?? null) : null

function commandOf(entry: RunEntry, conversation: Conversation): Pick<CommandItem, 'line' | 'run'> {
  const run = runOf(entry, conversation)
  return { line: run ? commandText(run.command, run.args) : '', run }
}

function resultOf(entry: ResultEntry, { conversation, you }: ItemContext): Pick<ResultItem, 'line' | 'again'> {
  const run = runOf(entry, conversation)
  if (!run) return { line: null, again: null }
  const mayRepeat = entry.outcome.state === 'failed' && entry.outcome.again && run.by.id === you
  return { line: commandText(run.command, run.args), again: mayRepeat ? { command: run.command, args: run.args } : null }
}

type Placed = { readonly key: MessageId; readonly seq: number; readonly author: Author; readonly isMine: boolean; readonly at: string }

function linkOf(entry: Extract<Entry, { kind: 'link' }>, placed: Placed, conversation: Conversation): TimelineItem {
  const link = conversation.links[entry.link]
  if (!link) throw new RangeError(`entry ${entry.seq} is of a link that was never requested`)
  return { ...placed, kind: 'link', link }
}
