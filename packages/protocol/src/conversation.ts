import type { Arguments } from './argument-value.js'
import type { EventOf, KnownEvent, ParleyEvent, RunFailure } from './event.js'
import type { LinkId, MessageId, ParticipantId, RunId } from './id.js'
import type { Author, Participant } from './participant.js'
import type { Part } from './part.js'

/**
 * What a log means. The idea: one pure function folds events, in order, into entries (what stands
 * in the transcript, each at the place of the event that made it) and into the state of runs and
 * links, which later events of the same run or link replace.
 */
type EntryBase = { readonly key: MessageId; readonly seq: number; readonly author: Author; readonly at: string }
export type MessageEntry = EntryBase & {
  readonly kind: 'message'
  readonly parts: readonly Part[]
  /** The question that it answers. */
  readonly answers?: MessageId
  /** It tells of that message that it did not get through. */
  readonly about?: MessageId
}
/** A command as it was given; its progress stands in `runs`. */
export type RunEntry = EntryBase & { readonly kind: 'run'; readonly run: RunId }
/** What came of a run, at its own place. */
export type ResultEntry = EntryBase & { readonly kind: 'result'; readonly run: RunId; readonly outcome: RunOutcome }
export type LinkEntry = EntryBase & { readonly kind: 'link'; readonly link: LinkId }
export type NoticeEntry = EntryBase & { readonly kind: 'notice'; readonly notice: Notice }
export type Entry = MessageEntry | RunEntry | ResultEntry | LinkEntry | NoticeEntry

export type RunOutcome =
  | { readonly state: 'finished'; readonly parts: readonly Part[]; readonly late: boolean }
  | { readonly state: 'failed'; readonly reason: RunFailure; readonly text: string; readonly again: boolean; readonly late: boolean }

export type Notice =
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'joined'; readonly participant: Participant }
  | { readonly kind: 'left'; readonly participant: ParticipantId }
  /** Another side answers from now on. */
  | { readonly kind: 'handoff'; readonly name: string }
  | { readonly kind: 'linked' | 'link-refused' | 'link-expired'; readonly partner: string }

export type RunState = {
  readonly run: RunId
  readonly command: string
  readonly args: Arguments
  readonly by: Author
  readonly status: 'started' | 'accepted' | 'working' | 'finished' | 'failed'
  readonly text?: string
  readonly fraction?: number
}

/** What the answering side did not get, though it is recorded. */
export type Undelivered = {
  /** Why, as it was told. */
  readonly text: string
  /** The same was said again after that. */
  readonly isSentAgain: boolean
}

export type LinkState = {
  readonly link: LinkId
  readonly partner: string
  readonly url: string
  readonly code: string
  readonly status: 'requested' | 'completed' | 'refused' | 'expired'
  readonly requestedAt: string
  readonly expiresInS: number
}

export type Conversation = {
  /** Seq before the first event held: 0, unless only the newer part was fetched. */
  readonly floor: number
  /** Highest seq held without a hole. */
  readonly cursor: number
  /** The messageId at `cursor`. */
  readonly tail: MessageId | null
  readonly entries: readonly Entry[]
  readonly participants: Readonly<Record<string, Participant>>
  readonly runs: Readonly<Record<string, RunState>>
  readonly links: Readonly<Record<string, LinkState>>
  /** Choices answered: messageId of the question → value. */
  readonly answers: Readonly<Record<string, string>>
  /** The last answer to each question: messageId of the question → that of the answer. */
  readonly answeredBy: Readonly<Record<string, MessageId>>
  /** messageId of what did not get through, held or not, → what was told of it. */
  readonly undelivered: Readonly<Record<string, Undelivered>>
  readonly status: 'open' | 'closed'
}

export const emptyConversation = (floor = 0): Conversation => ({
  floor,
  cursor: floor,
  tail: null,
  entries: [],
  participants: {},
  runs: {},
  links: {},
  answers: {},
  answeredBy: {},
  undelivered: {},
  status: 'open'
})

/** One event more; see `applyEvents`. */
export const applyEvent = (conversation: Conversation, event: ParleyEvent): Conversation => applyEvents(conversation, [event])

/**
 * The conversation after these events. They must follow the cursor without a hole: who receives
 * frames decides that first.
 * @throws RangeError when an event is not the next one
 */
export function applyEvents(conversation: Conversation, events: readonly ParleyEvent[]): Conversation {
  if (events.length === 0) return conversation
  const draft: Draft = { ...conversation, entries: [...conversation.entries] }
  for (const event of events) {
    if (event.seq !== draft.cursor + 1) throw new RangeError(`event ${event.seq} came where ${draft.cursor + 1} is next`)
    if (event.type !== 'unknown') applyKnown(draft, event)
    draft.cursor = event.seq
    draft.tail = event.messageId
  }
  return draft
}

type Draft = { -readonly [Key in keyof Conversation]: Conversation[Key] } & { entries: Entry[] }

function applyKnown(draft: Draft, event: KnownEvent): void {
  switch (event.type) {
    case 'conversation.opened':
      return
    case 'conversation.closed':
      draft.status = 'closed'
      return note(draft, event, { kind: 'closed', reason: event.body.reason })
    case 'handoff.completed':
      return note(draft, event, { kind: 'handoff', name: event.body.name })
    case 'participant.joined':
      return joined(draft, event)
    case 'participant.left':
      return note(draft, event, { kind: 'left', participant: event.body.participant })
    case 'message.created':
      return said(draft, event)
    case 'answer.given':
      return answered(draft, event)
    case 'run.started':
      return runStarted(draft, event)
    case 'run.progressed':
      return runProgressed(draft, event)
    case 'run.finished':
      return runEnded(draft, event, { state: 'finished', parts: event.body.parts, late: event.body.late ?? false })
    case 'run.failed':
      return runEnded(draft, event, {
        state: 'failed',
        reason: event.body.reason,
        text: event.body.text,
        again: event.body.again ?? false,
        late: event.body.late ?? false
      })
    case 'link.requested':
      return linkRequested(draft, event)
    case 'link.completed':
    case 'link.refused':
    case 'link.expired':
      return linkEnded(draft, event)
    default:
      return event satisfies never
  }
}

const place = (event: KnownEvent): EntryBase => ({ key: event.messageId, seq: event.seq, author: event.author, at: event.at })

function note(draft: Draft, event: KnownEvent, notice: Notice): void {
  draft.entries.push({ ...place(event), kind: 'notice', notice })
}

function joined(draft: Draft, event: EventOf<'participant.joined'> & KnownEvent): void {
  const { participant } = event.body
  draft.participants = { ...draft.participants, [participant.id]: participant }
  // A visitor who opens the chat and a bot that answers in it are no news; a person who joins is.
  if (participant.role === 'agent') note(draft, event, { kind: 'joined', participant })
}

function said(draft: Draft, event: EventOf<'message.created'> & KnownEvent): void {
  const { parts, about } = event.body
  const entry: MessageEntry = { ...place(event), kind: 'message', parts }
  if (about === undefined) draft.entries.push(entry)
  else if (event.author.role === 'visitor') {
    sentAgain(draft, about)
    draft.entries.push(entry)
  } else {
    draft.undelivered = { ...draft.undelivered, [about]: { text: wordsOf(parts), isSentAgain: false } }
    draft.entries.push({ ...entry, about })
  }
}

function sentAgain(draft: Draft, messageId: MessageId | undefined): void {
  const before = messageId && draft.undelivered[messageId]
  if (before) draft.undelivered = { ...draft.undelivered, [messageId]: { ...before, isSentAgain: true } }
}

const wordsOf = (parts: readonly Part[]): string => parts.flatMap((part) => (part.kind === 'text' ? part.text : [])).join(' ')

function answered(draft: Draft, event: EventOf<'answer.given'> & KnownEvent): void {
  const { to, value, label } = event.body
  sentAgain(draft, draft.answeredBy[to])
  draft.answers = { ...draft.answers, [to]: value }
  draft.answeredBy = { ...draft.answeredBy, [to]: event.messageId }
  draft.entries.push({ ...place(event), kind: 'message', parts: [{ kind: 'text', text: label ?? value }], answers: to })
}

function runStarted(draft: Draft, event: EventOf<'run.started'> & KnownEvent): void {
  const { run, command, args } = event.body
  draft.runs = { ...draft.runs, [run]: { run, command, args, by: event.author, status: 'started' } }
  draft.entries.push({ ...place(event), kind: 'run', run })
}

function runProgressed(draft: Draft, event: EventOf<'run.progressed'>): void {
  const { run, state, text, fraction } = event.body
  const before = draft.runs[run]
  if (!before || isOver(before)) return
  draft.runs = { ...draft.runs, [run]: { ...before, status: state, ...(text === undefined ? {} : { text }), ...(fraction === undefined ? {} : { fraction }) } }
}

function runEnded(draft: Draft, event: KnownEvent & { readonly body: { readonly run: RunId } }, outcome: RunOutcome): void {
  const { run } = event.body
  const before = draft.runs[run]
  // A late result is shown, but the run stays as it ended.
  if (before && !isOver(before)) draft.runs = { ...draft.runs, [run]: { ...before, status: outcome.state } }
  draft.entries.push({ ...place(event), kind: 'result', run, outcome })
}

const isOver = (run: RunState): boolean => run.status === 'finished' || run.status === 'failed'

function linkRequested(draft: Draft, event: EventOf<'link.requested'> & KnownEvent): void {
  const { link, partner, url, code, expiresInS } = event.body
  draft.links = { ...draft.links, [link]: { link, partner, url, code, expiresInS, requestedAt: event.at, status: 'requested' } }
  draft.entries.push({ ...place(event), kind: 'link', link })
}

type LinkEnd = KnownEvent & { readonly type: 'link.completed' | 'link.refused' | 'link.expired' }

function linkEnded(draft: Draft, event: LinkEnd): void {
  const { link, partner } = event.body
  const status = LINK_STATUS[event.type]
  const before = draft.links[link]
  if (before?.status === 'requested') draft.links = { ...draft.links, [link]: { ...before, status } }
  note(draft, event, { kind: LINK_NOTICE[event.type], partner })
}

const LINK_STATUS = { 'link.completed': 'completed', 'link.refused': 'refused', 'link.expired': 'expired' } as const
const LINK_NOTICE = { 'link.completed': 'linked', 'link.refused': 'link-refused', 'link.expired': 'link-expired' } as const
