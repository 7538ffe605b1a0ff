import { type ConversationId, type Epoch, idFromBytes } from '@parley/protocol'
import type { Chance, ConversationRecord, NewEvent, Outcome, Store, Unit } from '@parley/engine'
import { StartFault } from '../start-fault.js'
import type { SqliteDriver } from './sqlite-driver.js'
import { type Appended, createSqliteLog, type SqliteLog } from './sqlite-log.js'
import { mergeConversation } from './sqlite-merge.js'
import { createSqliteRecords, type SqliteRecords } from './sqlite-records.js'
import { migrate } from './sqlite-schema.js'

/** A store of a gateway. */
export type GatewayStore = Store & {
  /** Writes a row of its own and waits for the disk. @throws when that fails */
  check(): Promise<void>
}

/**
 * The store in one SQLite file. The driver is synchronous, so a commit is on disk when the function
 * returns, and nothing comes between the statements of a transaction.
 */
export function createSqliteStore(driver: SqliteDriver, chance: Chance): GatewayStore {
  takeFile(driver)
  const log = createSqliteLog(driver)
  const records = createSqliteRecords(driver)
  const statements = prepare(driver)
  const inTransaction = transactions(driver, log)
  let isOpen = true

  function kept(name: string, fresh: () => string): string {
    const found = statements.meta.get(name)?.[0]
    if (found !== undefined) return found
    const value = fresh()
    statements.putMeta.run(name, value)
    return value
  }

  function conversationOf(row: ConversationRow | undefined): ConversationRecord | null {
    if (!row) return null
    const [id, inbox, visitor, status, createdAt, mergedInto, answering] = row
    return { id, inbox, visitor, status, createdAt, mergedInto, answering } as ConversationRecord
  }

  function open(fresh: ConversationRecord, opening: readonly NewEvent[], job: Unit['job']): ConversationRecord {
    const found = conversationOf(statements.openConversation.get(fresh.inbox, fresh.visitor))
    if (found) return found
    statements.insertConversation.run(fresh.id, fresh.inbox, fresh.visitor, fresh.status, fresh.createdAt)
    for (const event of opening) log.append(event, {})
    if (job) records.put({ put: 'job', job: { conversation: fresh.id, seq: 1, state: 'waiting', attempts: 0, ...job } })
    return fresh
  }

  return {
    epoch: inTransaction(() => kept('epoch', () => idFromBytes(chance.bytes(16)))) as Epoch,
    secret: async (name, fresh) => inTransaction(() => kept(`secret:${name}`, fresh)),
    openConversation: async (fresh, opening, job) => inTransaction(() => open(fresh, opening, job)),
    findConversation: async (inbox, visitor) => conversationOf(statements.openConversation.get(inbox, visitor)),
    merge: async (merge) => inTransaction(() => mergeConversation(driver, { log, records }, merge)),
    commit: async (units) => inTransaction(() => units.map((unit) => writeUnit(log, records, unit))),
    check: async () => inTransaction(() => statements.putMeta.run('checked', idFromBytes(chance.bytes(16)))),
    conversation: async (id: ConversationId) => conversationOf(statements.conversation.get(id)),
    head: async (conversation, name) => log.head(conversation, name),
    read: async (range, limit, limitBytes) => log.read(range, limit, limitBytes),
    messageIdAt: async (conversation, name, seq) => log.messageIdAt(conversation, name, seq),
    lastDeviceSeq: async (conversation, device) => log.lastDeviceSeq(conversation, device),
    rowKeys: async (range) => log.rowKeys(range),
    receipts: async (conversation) => records.receipts(conversation),
    run: async (id) => records.run(id),
    runsWith: async (status) => records.runsWith(status),
    link: async (id) => records.link(id),
    pendingLinks: async () => records.pendingLinks(),
    account: async (inbox, visitor) => records.account(inbox, visitor),
    person: async (visitor) => records.person(visitor),
    notes: async (conversation, inbox) => records.notes(conversation, inbox),
    jobs: async () => records.jobs(),
    audits: async (limit) => records.audits(limit),
    auditCount: async () => records.auditCount(),
    forgetAudits: async (ids) => inTransaction(() => records.forgetAudits(ids)),
    dropAudits: async (most) => inTransaction(() => records.dropAudits(most)),
    close: async () => {
      if (isOpen) leaveFile(driver)
      isOpen = false
    }
  }
}

type ConversationRow = readonly [
  id: string,
  inbox: string,
  visitor: string,
  status: string,
  createdAt: string,
  mergedInto: string | null,
  answering: string | null
]

const prepare = (driver: SqliteDriver) => ({
  meta: driver.prepare<readonly [string]>('select value from meta where name = ?'),
  putMeta: driver.prepare('insert into meta (name, value) values (?, ?) on conflict do update set value = excluded.value'),
  conversation: driver.prepare<ConversationRow>('select id, inbox, visitor, status, createdAt, mergedInto, answering from conversations where id = ?'),
  openConversation: driver.prepare<ConversationRow>(
    "select id, inbox, visitor, status, createdAt, mergedInto, answering from conversations where inbox = ? and visitor = ? and status = 'open'"
  ),
  insertConversation: driver.prepare('insert into conversations (id, inbox, visitor, status, createdAt) values (?, ?, ?, ?, ?)')
})

/**
 * Exclusive, so that a second process is refused; after a kill the lock is free at once. With
 * `synchronous=full` a commit waits for the disk: what was acknowledged survives a power cut.
 */
function takeFile(driver: SqliteDriver): void {
  try {
    driver.exec('pragma locking_mode = exclusive')
    driver.prepare('pragma journal_mode = wal').all()
    driver.exec('pragma synchronous = full; pragma journal_size_limit = 67108864')
    migrate(driver)
    // Reading alone would leave the door open for a second process until the first write.
    driver.exec('begin exclusive; commit')
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== 'SQLITE_BUSY') throw thrown
    throw new StartFault('the file is in use by another process', { cause: thrown })
  }
}

/**
 * Statements outlive the database until they are collected, and hold its locks as long. Out of WAL
 * and out of exclusive locking, which ends at the next reading, nothing is left to hold.
 */
export function leaveFile(driver: SqliteDriver): void {
  try {
    driver.prepare('pragma journal_mode = delete').all()
    driver.prepare('pragma locking_mode = normal').all()
    driver.prepare('select count(*) from meta').all()
  } finally {
    driver.close()
  }
}

/** Runs the work in one transaction; a failure undoes all of it and is thrown on. */
function transactions(driver: SqliteDriver, log: SqliteLog): <Result>(work: () => Result) => Result {
  const begin = driver.prepare('begin immediate')
  const commit = driver.prepare('commit')
  return (work) => {
    begin.run()
    try {
      const result = work()
      commit.run()
      return result
    } catch (thrown) {
      log.forget()
      if (driver.inTransaction()) driver.exec('rollback')
      throw thrown
    }
  }
}

function writeUnit(log: SqliteLog, records: SqliteRecords, unit: Unit): Outcome {
  if (unit.only && !holds(records, unit.only)) return { kind: 'skipped' }
  const row = unit.event ?? unit.void
  const { outcome, isNew } = row ? log.append(row, unit) : NO_ROW
  if (!isNew) return outcome
  if (unit.job && row && outcome.kind === 'stored') {
    records.put({ put: 'job', job: { conversation: row.conversation, seq: outcome.seq, state: 'waiting', attempts: 0, ...unit.job } })
  }
  for (const put of unit.puts ?? []) {
    records.put(put)
    if (put.put === 'closed') log.end(put.conversation)
  }
  return outcome
}

const NO_ROW: Appended = { outcome: { kind: 'done' }, isNew: true }

function holds(records: SqliteRecords, only: NonNullable<Unit['only']>): boolean {
  const run = records.run(only.run)
  return run !== null && only.status.includes(run.status)
}
