import type { ConversationId, Json, KnownEvent, LinkId, Part, RunFailure, RunId } from '@parley/protocol'
import type { FoundConversation, InboundAuthor } from '../connector.js'
import type { Clock, LogFields } from '../host.js'
import type { AccountRecord, LinkRecord, RunRecord, VisitorId } from '../records.js'

/** What a fake port kept: only what became of a call, so that a list of these is the whole outcome. */
export type Recording =
  | {
      readonly did: 'append'
      readonly conversation: ConversationId
      readonly externalId: string
      readonly parts: readonly Part[]
      readonly from?: InboundAuthor
    }
  | { readonly did: 'handOver'; readonly conversation: ConversationId; readonly to: string }
  | { readonly did: 'close'; readonly conversation: ConversationId; readonly reason: string }
  | { readonly did: 'sent'; readonly run: RunId }
  | { readonly did: 'accept'; readonly run: RunId }
  | { readonly did: 'progress'; readonly run: RunId; readonly step: string; readonly text?: string; readonly fraction?: number }
  | { readonly did: 'finish'; readonly run: RunId; readonly parts: readonly Part[]; readonly late?: true }
  | { readonly did: 'fail'; readonly run: RunId; readonly reason: RunFailure; readonly text: string; readonly again?: boolean; readonly late?: true }
  | {
      readonly did: 'link'
      readonly link: LinkId
      readonly run: RunId
      readonly partner: string
      readonly url: string
      readonly code: string
      readonly expiresInMs: number
    }
  | { readonly did: 'complete' | 'refuse' | 'expire'; readonly link: LinkId; readonly partner: string }
  | { readonly did: 'forget'; readonly visitor: VisitorId }

export type LogLine = { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly fields: LogFields; readonly text: string }

/** All that a fake port knows; its verbs change it. */
export type FakeState = {
  readonly inbox: string
  readonly clock: Clock
  readonly runs: Map<RunId, RunRecord>
  readonly links: Map<LinkId, LinkRecord>
  readonly accounts: Map<VisitorId, AccountRecord>
  readonly conversations: Map<ConversationId, FoundConversation>
  /** What was said in each, oldest first. */
  readonly events: Map<ConversationId, readonly KnownEvent[]>
  readonly notes: Map<ConversationId, Json>
  /** Steps and external ids that were recorded. */
  readonly known: Set<string>
  record(recording: Recording): void
  randomId(): string
  sign(purpose: string, text: string): string
}

/** Replaces a run's status or notes. */
export function changeRun(state: FakeState, run: RunRecord, change: { readonly status?: RunRecord['status']; readonly notes?: Json }): void {
  state.runs.set(run.run, { ...run, ...change })
}

/**
 * 43 characters that depend on every letter of the text. Not cryptography: it only has to be the same each time
 * and to differ when the text does.
 */
export function fakeSign(text: string): string {
  let out = ''
  for (let round = 0; out.length < 43; round++) {
    let hash = 0x811c9dc5 ^ round
    for (const letter of `${round}:${text}`) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
    out += (hash >>> 0).toString(36).padStart(7, '0')
  }
  return out.slice(0, 43)
}
