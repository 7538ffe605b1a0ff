import type { Author, ConversationId, DeviceId, ErrorCode, LogName, MessageId, ParleyEvent } from '@parley/protocol'
import {
  decideAppend,
  type AppendDecision,
  type KeptRow,
  type NewEvent,
  type NewVoid,
  type Outcome,
  type Range,
  type Standing,
  type StandingEvent,
  type Unit
} from '@parley/engine'
import type { SqliteDriver } from './sqlite-driver.js'

/** The rows of the conversations: numbering, repeats, reading. Runs inside the caller's transaction. */
export interface SqliteLog {
  /** @throws when the conversation was never opened */
  append(row: NewEvent | NewVoid, asked: Asked): Appended
  /** The conversation was closed in this transaction. */
  end(conversation: ConversationId): void
  isOpen(conversation: ConversationId): boolean
  head(conversation: ConversationId, log: LogName): number
  lastDeviceSeq(conversation: ConversationId, device: DeviceId): number
  messageIdAt(conversation: ConversationId, log: LogName, seq: number): MessageId | null
  read(range: Range, limit: number, limitBytes: number): ParleyEvent[]
  rowKeys(range: Range): Pick<ParleyEvent, 'seq' | 'messageId'>[]
  /** Every row of the public log, with what tells a repeat of it. */
  keptRows(conversation: ConversationId): KeptRow[]
  /** What is remembered may be wrong now: a transaction was rolled back. */
  forget(): void
}

/** What a unit asks of its row. */
type Asked = Pick<Unit, 'formerly' | 'open'>
/** `isNew`: a row was written. */
export type Appended = { readonly outcome: Outcome; readonly isNew: boolean }

/** Kept in memory because this process is the only writer: an append then costs one statement. */
type Ends = {
  readonly key: number
  readonly mergedInto: ConversationId | null
  isOpen: boolean
  heads: Record<LogName, number>
  readonly devices: Map<DeviceId, DeviceEnd>
}
type DeviceEnd = { key: number | null; last: number }

const LOG_NUMBER: Readonly<Record<LogName, number>> = { public: 0, staff: 1 }
/** Conversations whose ends are remembered; the one used longest ago goes first. */
const REMEMBERED = 10_000
/** Rows fetched at a time while reading, so that a page of big bodies does not pull in far more than it may hold. */
const READ_AT_ONCE = 32
/** What an event takes on the wire besides its body, in bytes, about. */
const ENVELOPE_BYTES = 180

export function createSqliteLog(driver: SqliteDriver): SqliteLog {
  const statements = prepare(driver)
  const remembered = new Map<ConversationId, Ends>()

  function endsOf(conversation: ConversationId): Ends | null {
    const found = remembered.get(conversation) ?? loadEnds(statements, conversation)
    if (!found) return null
    remembered.delete(conversation)
    remembered.set(conversation, found)
    const [oldest] = remembered.keys()
    if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest)
    return found
  }

  return {
    append(row, { formerly = [], open = false }) {
      const ends = endsOf(row.conversation)
      if (!ends) throw new Error(`no conversation ${row.conversation} to append to`)
      if (ends.mergedInto) return { outcome: { kind: 'moved', into: ends.mergedInto }, isNew: false }
      const others = formerly.flatMap((id) => endsOf(id)?.key ?? [])
      const decision = decide(statements, ends, row, { formerly: others, isOver: open && !ends.isOpen })
      if (decision.kind !== 'store') return { outcome: row.device ? spend(statements, ends, row, decision) : decision, isNew: false }
      return { outcome: 'digest' in row ? storeEvent(statements, ends, row) : storeVoid(statements, ends, row), isNew: true }
    },
    end(conversation) {
      const ends = remembered.get(conversation)
      if (ends) ends.isOpen = false
    },
    isOpen: (conversation) => endsOf(conversation)?.isOpen ?? false,
    head: (conversation, log) => endsOf(conversation)?.heads[log] ?? 0,
    lastDeviceSeq(conversation, device) {
      const ends = endsOf(conversation)
      return ends ? deviceEnd(statements, ends, device).last : 0
    },
    messageIdAt(conversation, log, seq) {
      const ends = endsOf(conversation)
      return ends ? ((statements.messageIdAt.get(ends.key, LOG_NUMBER[log], seq)?.[0] ?? null) as MessageId | null) : null
    },
    read(range, limit, limitBytes) {
      const ends = endsOf(range.conversation)
      return ends ? readPage(statements, ends.key, { range, limit, limitBytes }) : []
    },
    rowKeys(range) {
      const ends = endsOf(range.conversation)
      return ends ? statements.rowKeys.all(ends.key, LOG_NUMBER[range.log], range.from, range.to).map(([seq, id]) => ({ seq, messageId: id as MessageId })) : []
    },
    keptRows(conversation) {
      const ends = endsOf(conversation)
      return ends ? statements.keptRows.all(ends.key).map(([digest, ...row]) => ({ digest, event: asEvent(row) })) : []
    },
    forget: () => remembered.clear()
  }
}

type EventRow = readonly [seq: number, messageId: string, type: string, authorId: string, authorRole: string, at: string, body: string]
type Statements = ReturnType<typeof prepare>

const prepare = (driver: SqliteDriver) => ({
  conversation: driver.prepare<readonly [number, string | null, string]>('select key, mergedInto, status from conversations where id = ?'),
  rowKeys: driver.prepare<readonly [number, string]>(
    'select seq, messageId from events where conversation = ? and log = ? and seq between ? and ? order by seq'
  ),
  keptRows: driver.prepare<readonly [digest: string, ...EventRow]>(
    'select digest, seq, messageId, type, authorId, authorRole, at, body from events where conversation = ? and log = 0 order by seq'
  ),
  head: driver.prepare<readonly [number | null]>('select max(seq) from events where conversation = ? and log = ?'),
  device: driver.prepare<readonly [number]>('select key from devices where conversation = ? and id = ?'),
  lastEvent: driver.prepare<readonly [number | null]>('select max(deviceSeq) from events where device = ?'),
  lastVoid: driver.prepare<readonly [number | null]>('select max(deviceSeq) from voids where device = ?'),
  eventByDevice: driver.prepare<StandingRow>('select messageId, digest, seq, at from events where device = ? and deviceSeq = ?'),
  voidByDevice: driver.prepare<readonly [string, string]>('select messageId, code from voids where device = ? and deviceSeq = ?'),
  eventByMessage: driver.prepare<StandingRow>('select messageId, digest, seq, at from events where conversation = ? and messageId = ?'),
  messageIdAt: driver.prepare<readonly [string]>('select messageId from events where conversation = ? and log = ? and seq = ?'),
  read: driver.prepare<EventRow>(
    'select seq, messageId, type, authorId, authorRole, at, body from events where conversation = ? and log = ? and seq between ? and ? order by seq limit ?'
  ),
  insertDevice: driver.prepare('insert into devices (conversation, id) values (?, ?)'),
  insertEvent: driver.prepare(
    `insert into events (conversation, log, seq, messageId, device, deviceSeq, digest, type, authorId, authorRole, at, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  ),
  insertVoid: driver.prepare('insert into voids (device, deviceSeq, messageId, code) values (?, ?, ?, ?)')
})
type StandingRow = readonly [messageId: string, digest: string, seq: number, at: string]

function loadEnds(statements: Statements, conversation: ConversationId): Ends | null {
  const found = statements.conversation.get(conversation)
  if (!found) return null
  const [key, mergedInto, status] = found
  const head = (log: LogName): number => statements.head.get(key, LOG_NUMBER[log])?.[0] ?? 0
  return {
    key,
    mergedInto: mergedInto as ConversationId | null,
    isOpen: status === 'open',
    heads: { public: head('public'), staff: head('staff') },
    devices: new Map()
  }
}

function deviceEnd(statements: Statements, ends: Ends, device: DeviceId): DeviceEnd {
  const found = ends.devices.get(device)
  if (found) return found
  const key = statements.device.get(ends.key, device)?.[0] ?? null
  const last = key === null ? 0 : Math.max(statements.lastEvent.get(key)?.[0] ?? 0, statements.lastVoid.get(key)?.[0] ?? 0)
  const end = { key, last }
  // A device without a row is not remembered: anybody may ask for as many as he likes.
  if (key !== null) ends.devices.set(device, end)
  return end
}

/** A number that was used up by a message which stood already: what it answers is looked up by the message. */
const SPENT = 'spent'

type Circumstances = { readonly formerly: readonly number[]; readonly isOver: boolean }

/** Nothing can stand under a number that was not given yet: then the look-up is left out. */
function decide(statements: Statements, ends: Ends, row: NewEvent | NewVoid, { formerly, isOver }: Circumstances): AppendDecision {
  const end = row.device ? deviceEnd(statements, ends, row.device.id) : null
  const facts = { messageId: row.messageId, digest: 'digest' in row ? row.digest : '', isVoid: !('digest' in row), isOver }
  const before = findMessage(statements, ends.key, row.messageId, formerly)
  if (!row.device || !end) return decideAppend({ ...facts, deviceSeq: null, lastDeviceSeq: 0, standing: before, before })
  const standing = end.key !== null && row.device.seq <= end.last ? standingByDevice(statements, end.key, row.device.seq, before) : null
  return decideAppend({ ...facts, deviceSeq: row.device.seq, lastDeviceSeq: end.last, standing, before })
}

const asStanding = ([messageId, digest, seq, at]: StandingRow): StandingEvent => ({ messageId: messageId as MessageId, digest, seq, at })

function findMessage(statements: Statements, conversation: number, messageId: MessageId, formerly: readonly number[]): StandingEvent | null {
  const here = statements.eventByMessage.get(conversation, messageId)
  if (here) return asStanding(here)
  for (const other of formerly) {
    const there = statements.eventByMessage.get(other, messageId)
    if (there) return { ...asStanding(there), elsewhere: true }
  }
  return null
}

function standingByDevice(statements: Statements, device: number, deviceSeq: number, before: StandingEvent | null): Standing | null {
  const row = statements.eventByDevice.get(device, deviceSeq)
  if (row) return asStanding(row)
  const voided = statements.voidByDevice.get(device, deviceSeq)
  if (!voided) return null
  const [messageId, code] = voided
  if (code !== SPENT) return { messageId: messageId as MessageId, void: code as ErrorCode }
  return before?.messageId === messageId ? before : { messageId: messageId as MessageId, void: 'append.invalid' }
}

/** Only the number is used up, so that the counter goes on. */
function spend(statements: Statements, ends: Ends, row: NewEvent | NewVoid, decision: Exclude<AppendDecision, { readonly kind: 'store' }>): Outcome {
  if (!('isSpent' in decision) || !row.device) return decision
  const { isSpent: _isSpent, ...outcome } = decision
  const code = outcome.kind === 'void' ? outcome.code : SPENT
  statements.insertVoid.run(takeDeviceSeq(statements, ends, row.device), row.device.seq, row.messageId, code)
  return outcome
}

/** The device's row, made at its first message; its counter moves on. */
function takeDeviceSeq(statements: Statements, ends: Ends, { id, seq }: { readonly id: DeviceId; readonly seq: number }): number {
  const end = deviceEnd(statements, ends, id)
  if (end.key === null) {
    statements.insertDevice.run(ends.key, id)
    return takeDeviceSeq(statements, ends, { id, seq })
  }
  end.last = seq
  return end.key
}

function storeEvent(statements: Statements, ends: Ends, event: NewEvent): Outcome {
  const seq = ends.heads[event.log] + 1
  const device = event.device ? takeDeviceSeq(statements, ends, event.device) : null
  const { author, at } = event
  statements.insertEvent.run(
    ends.key,
    LOG_NUMBER[event.log],
    seq,
    event.messageId,
    device,
    event.device?.seq ?? null,
    event.digest,
    event.type,
    author.id,
    author.role,
    at,
    JSON.stringify(event.body)
  )
  ends.heads[event.log] = seq
  return { kind: 'stored', seq, at }
}

function storeVoid(statements: Statements, ends: Ends, row: NewVoid): Outcome {
  statements.insertVoid.run(takeDeviceSeq(statements, ends, row.device), row.device.seq, row.messageId, row.code)
  return { kind: 'void', code: row.code }
}

const asEvent = ([seq, messageId, type, id, role, at, body]: EventRow): ParleyEvent =>
  ({ seq, messageId: messageId as MessageId, type, author: { id, role } as Author, at, body: JSON.parse(body) as unknown }) as ParleyEvent

type Reading = { readonly range: Range; readonly limit: number; readonly limitBytes: number }

function readPage(statements: Statements, conversation: number, { range, limit, limitBytes }: Reading): ParleyEvent[] {
  const page: ParleyEvent[] = []
  let bytes = 0
  for (let from = range.from; page.length < limit; ) {
    const atOnce = Math.min(READ_AT_ONCE, limit - page.length)
    const rows = statements.read.all(conversation, LOG_NUMBER[range.log], from, range.to, atOnce)
    for (const row of rows) {
      bytes += row[6].length + ENVELOPE_BYTES
      if (page.length > 0 && bytes > limitBytes) return page
      page.push(asEvent(row))
      from = row[0] + 1
    }
    if (rows.length < atOnce) return page
  }
  return page
}
