import type { ConversationId, Json, KnownEvent, MessageId } from '@parley/protocol'
import type { ConversationVerbs, FoundConversation } from './connector.js'
import type { Core } from './core.js'
import { findConversation, personOf } from './found-conversation.js'
import { visitorFromInboxSubject, visitorFromSubject } from './identity.js'
import { MOST_NOTES_BYTES, notesBytes } from './notes-size.js'
import type { ConversationRecord } from './records.js'

/** Events that a connector may have at once. */
const MOST_RECENT = 50
/** Rows that are looked through in one go. */
const ROWS_AT_ONCE = 500

/** What one inbox's connector may know and keep of conversations. */
export function createConversationVerbs(core: Core, inbox: string): ConversationVerbs {
  const { host, store, queue } = core
  const find = (id: ConversationId): Promise<ConversationRecord | null> => findConversation(core, inbox, id)

  async function tell(record: ConversationRecord | null): Promise<FoundConversation | null> {
    if (!record) return null
    const { id, visitor, status } = record
    return { id, visitor, isOpen: status === 'open', person: await personOf(core, visitor) }
  }

  /** In its own inbox first, then in those that may have handed it to this one. */
  async function ofPerson(subject: string): Promise<ConversationRecord | null> {
    const others = [...core.connectors.keys()].filter((name) => name !== inbox)
    for (const door of [inbox, ...others]) {
      for (const visitor of [visitorFromInboxSubject(host.seal, door, subject), visitorFromSubject(host.seal, subject)]) {
        const record = await store.findConversation(door, visitor)
        if (record && (door === inbox || record.answering === inbox)) return record
      }
    }
    return null
  }

  async function recall(id: ConversationId): Promise<Json> {
    const record = await find(id)
    return record ? ((await store.notes(record.id, inbox))?.notes ?? null) : null
  }

  async function remember(id: ConversationId, notes: Json): Promise<void> {
    const bytes = notesBytes(notes)
    if (bytes > MOST_NOTES_BYTES) throw new RangeError(`remember: the notes have ${bytes} bytes; ${MOST_NOTES_BYTES} are the most`)
    const record = await find(id)
    if (record) await queue.commit([{ puts: [{ put: 'notes', notes: { conversation: record.id, inbox, notes } }] }])
  }

  async function recent(id: ConversationId, { limit, to }: { readonly limit: number; readonly to?: number }): Promise<readonly KnownEvent[]> {
    const record = await find(id)
    if (!record) return []
    const until = to === undefined || id === record.id ? to : await numberNow(record.id, id, to)
    const last = Math.min(until ?? Number.MAX_SAFE_INTEGER, await store.head(record.id, 'public'))
    const most = Math.max(0, Math.min(limit, MOST_RECENT))
    const range = { conversation: record.id, log: 'public', from: Math.max(1, last - most + 1), to: last } as const
    const events = most === 0 ? [] : await store.read(range, most, Number.MAX_SAFE_INTEGER)
    return events.filter((event) => event.type !== 'unknown')
  }

  /** Number `to` of a conversation that was merged, as it counts where that stands now; not every row of it went there. */
  async function numberNow(into: ConversationId, from: ConversationId, to: number): Promise<number | undefined> {
    const there = await numberOf(into, await store.messageIdAt(from, 'public', to))
    if (there !== undefined) return there
    const next = await numberOf(into, await store.messageIdAt(from, 'public', to + 1))
    return next === undefined ? undefined : next - 1
  }

  async function numberOf(conversation: ConversationId, messageId: MessageId | null): Promise<number | undefined> {
    if (messageId === null) return undefined
    // From the end: what is asked for is mostly what was said last.
    for (let last = await store.head(conversation, 'public'); last > 0; last -= ROWS_AT_ONCE) {
      const rows = await store.rowKeys({ conversation, log: 'public', from: Math.max(1, last - ROWS_AT_ONCE + 1), to: last })
      const row = rows.find((one) => one.messageId === messageId)
      if (row) return row.seq
    }
    return undefined
  }

  return {
    find: async (id) => tell(await find(id)),
    ofPerson: async (subject) => tell(await ofPerson(subject)),
    recall,
    remember,
    recent
  }
}
