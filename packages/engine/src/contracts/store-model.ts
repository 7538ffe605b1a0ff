import type { ConversationId, DeviceId, MessageId } from '@parley/protocol'
import type { NewEvent, NewVoid } from '../records.js'
import type { Outcome, Unit } from '../store.js'

/**
 * What a store must do, as plainly as it can be said: one list, searched from its start each time.
 * It is written without `decideAppend`, so that a fault there shows.
 */
export type Model = {
  commit(unit: Unit): Outcome
  rows(conversation: ConversationId, log: string): readonly NewEvent[]
  lastDeviceSeq(conversation: ConversationId, device: DeviceId): number
  isClosed(conversation: ConversationId): boolean
}
type Row = NewEvent | NewVoid

export function createModel(): Model {
  const list: Row[] = []
  const closed = new Set<ConversationId>()
  const rows = (conversation: ConversationId, log: string): NewEvent[] =>
    list.filter((row): row is NewEvent => isEvent(row) && row.conversation === conversation && row.log === log)
  const lastDeviceSeq = (conversation: ConversationId, device: DeviceId): number =>
    list.reduce((last, row) => (row.conversation === conversation && row.device?.id === device ? Math.max(last, row.device.seq) : last), 0)
  const placeOf = (event: NewEvent): { seq: number; at: string } => ({ seq: rows(event.conversation, event.log).indexOf(event) + 1, at: event.at })

  function append(row: Row, wantsOpen: boolean): Outcome {
    const standing = list.find((one) => sameKey(one, row))
    if (standing) return repeated(standing, row)
    const last = row.device ? lastDeviceSeq(row.conversation, row.device.id) : 0
    if (row.device && row.device.seq > last + 1) return { kind: 'gap', expected: last + 1 }
    const before = list.find((one): one is NewEvent => isEvent(one) && one.conversation === row.conversation && one.messageId === row.messageId)
    if (before) return spent(before, row)
    if (wantsOpen && closed.has(row.conversation) && isEvent(row)) return tooLate(row)
    list.push(row)
    return isEvent(row) ? { kind: 'stored', ...placeOf(row) } : { kind: 'void', code: row.code }
  }

  /** Its conversation has ended. */
  function tooLate({ conversation, messageId, device }: NewEvent): Outcome {
    if (!device) return { kind: 'skipped' }
    list.push({ conversation, messageId, device, code: 'conversation.closed' })
    return { kind: 'void', code: 'conversation.closed' }
  }

  /** The message stands already, under another number: this one is used up. */
  function spent(before: NewEvent, row: Row): Outcome {
    if (!row.device) return isEvent(row) && row.digest !== before.digest ? { kind: 'conflict' } : { kind: 'known', ...placeOf(before) }
    const isSame = !isEvent(row) || row.digest === before.digest
    const { conversation, messageId, device } = row
    list.push({ conversation, messageId, device, code: isSame ? 'append.discarded' : 'append.invalid', ...(isSame ? { stands: before } : {}) } as NewVoid)
    return isSame ? { kind: 'known', ...placeOf(before) } : { kind: 'void', code: 'append.invalid' }
  }

  function repeated(standing: Row, row: Row): Outcome {
    if (standing.messageId !== row.messageId) return { kind: 'conflict' }
    const stands = (standing as { readonly stands?: NewEvent }).stands
    if (stands) return repeated(stands, row)
    if (!isEvent(standing)) return { kind: 'void', code: standing.code }
    if (isEvent(row) && row.digest !== standing.digest) return { kind: 'conflict' }
    return { kind: 'known', ...placeOf(standing) }
  }

  return {
    commit(unit) {
      const row = unit.event ?? unit.void
      const outcome: Outcome = row ? append(row, unit.open === true) : { kind: 'done' }
      const isWritten = outcome.kind === 'stored' || outcome.kind === 'done'
      for (const put of unit.puts ?? []) if (put.put === 'closed' && isWritten) closed.add(put.conversation)
      return outcome
    },
    rows,
    lastDeviceSeq,
    isClosed: (conversation) => closed.has(conversation)
  }
}

const isEvent = (row: Row): row is NewEvent => 'digest' in row

function sameKey(one: Row, other: Row): boolean {
  if (one.conversation !== other.conversation) return false
  if (one.device && other.device) return one.device.id === other.device.id && one.device.seq === other.device.seq
  return !one.device && !other.device && (one.messageId satisfies MessageId) === other.messageId
}
