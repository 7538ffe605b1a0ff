import type { ConversationId, LinkId, RunId } from '@parley/protocol'
import type {
  AccountRecord,
  AuditRecord,
  Job,
  LinkRecord,
  NotesRecord,
  PersonRecord,
  Put,
  ReceiptRecord,
  RunRecord,
  RunStatus,
  VisitorId
} from '@parley/engine'
import { inOrderMade } from '@parley/engine'
import type { SqliteDriver } from './sqlite-driver.js'

/** What is kept beside the log. `put` runs inside the caller's transaction. */
export interface SqliteRecords {
  put(put: Put): void
  run(id: RunId): RunRecord | null
  runsWith(status: readonly RunStatus[]): RunRecord[]
  link(id: LinkId): LinkRecord | null
  pendingLinks(): LinkRecord[]
  account(inbox: string, visitor: VisitorId): AccountRecord | null
  person(visitor: VisitorId): PersonRecord | null
  notes(conversation: ConversationId, inbox: string): NotesRecord | null
  jobs(): readonly Job[]
  receipts(conversation: ConversationId): ReceiptRecord[]
  audits(limit: number): AuditRecord[]
  auditCount(): number
  forgetAudits(ids: readonly string[]): void
  dropAudits(most: number): number
}

type Statements = ReturnType<typeof prepare>
type RecordRow = readonly [record: string]

export function createSqliteRecords(driver: SqliteDriver): SqliteRecords {
  const statements = prepare(driver)
  return {
    put: (put) => write(statements, put),
    run: (id) => first<RunRecord>(statements.run.get(id)),
    runsWith: (status) => every<RunRecord>(statements.runsWith.all(JSON.stringify(status))),
    link: (id) => first<LinkRecord>(statements.link.get(id)),
    pendingLinks: () => every<LinkRecord>(statements.pendingLinks.all()),
    account: (inbox, visitor) => first<AccountRecord>(statements.account.get(inbox, visitor)),
    person: (visitor) => first<PersonRecord>(statements.person.get(visitor)),
    notes: (conversation, inbox) => first<NotesRecord>(statements.notes.get(conversation, inbox)),
    jobs: () => inOrderMade(every<Job>(statements.jobs.all())),
    receipts: (conversation) =>
      statements.receipts.all(conversation).map(([participant, got, read]) => ({ conversation, participant, got, read }) as ReceiptRecord),
    audits: (limit) => every<AuditRecord>(statements.audits.all(limit)),
    auditCount: () => statements.auditCount.get()?.[0] ?? 0,
    forgetAudits: (ids) => statements.forgetAudits.run(JSON.stringify(ids)),
    dropAudits: (most) => statements.dropAudits.all(most).length
  }
}

const prepare = (driver: SqliteDriver) => ({
  putJob: driver.prepare(
    `insert into jobs (conversation, seq, inbox, state, record) values (?, ?, ?, ?, ?)
     on conflict do update set state = excluded.state, record = excluded.record`
  ),
  dropJob: driver.prepare('delete from jobs where conversation = ? and seq = ? and inbox = ?'),
  jobs: driver.prepare<RecordRow>("select record from jobs where state in ('waiting', 'sent')"),
  putRun: driver.prepare(
    `insert into runs (run, status, startedAt, record) values (?, ?, ?, ?)
     on conflict (run) do update set status = excluded.status, startedAt = excluded.startedAt, record = excluded.record`
  ),
  run: driver.prepare<RecordRow>('select record from runs where run = ?'),
  runsWith: driver.prepare<RecordRow>('select record from runs where status in (select value from json_each(?)) order by startedAt, key'),
  putLink: driver.prepare(
    `insert into links (link, status, expiresAt, record) values (?, ?, ?, ?)
     on conflict (link) do update set status = excluded.status, expiresAt = excluded.expiresAt, record = excluded.record`
  ),
  link: driver.prepare<RecordRow>('select record from links where link = ?'),
  pendingLinks: driver.prepare<RecordRow>("select record from links where status = 'requested' order by expiresAt, key"),
  putAccount: driver.prepare('insert into accounts (inbox, visitor, record) values (?, ?, ?) on conflict do update set record = excluded.record'),
  dropAccount: driver.prepare('delete from accounts where inbox = ? and visitor = ?'),
  account: driver.prepare<RecordRow>('select record from accounts where inbox = ? and visitor = ?'),
  close: driver.prepare("update conversations set status = 'closed' where id = ?"),
  answering: driver.prepare('update conversations set answering = ? where id = ?'),
  putPerson: driver.prepare('insert into persons (visitor, record) values (?, ?) on conflict do update set record = excluded.record'),
  person: driver.prepare<RecordRow>('select record from persons where visitor = ?'),
  putNotes: driver.prepare('insert into notes (conversation, inbox, record) values (?, ?, ?) on conflict do update set record = excluded.record'),
  notes: driver.prepare<RecordRow>('select record from notes where conversation = ? and inbox = ?'),
  putReceipt: driver.prepare(
    `insert into receipts (conversation, participant, got, read) values (?, ?, ?, ?)
     on conflict do update set got = max(got, excluded.got), read = max(read, excluded.read)`
  ),
  receipts: driver.prepare<readonly [string, number, number]>('select participant, got, read from receipts where conversation = ?'),
  putAudit: driver.prepare('insert into audits (id, record) values (?, ?) on conflict do nothing'),
  audits: driver.prepare<RecordRow>('select record from audits order by key limit ?'),
  auditCount: driver.prepare<readonly [number]>('select count(*) from audits'),
  forgetAudits: driver.prepare('delete from audits where id in (select value from json_each(?))'),
  // Records go from the front, so the keys tell how many there are; nothing is counted.
  dropAudits: driver.prepare('delete from audits where key <= (select max(key) from audits) - ? returning key')
})

const first = <Kept>(row: RecordRow | undefined): Kept | null => (row ? (JSON.parse(row[0]) as Kept) : null)
const every = <Kept>(rows: readonly RecordRow[]): Kept[] => rows.map(([record]) => JSON.parse(record) as Kept)

function write(statements: Statements, put: Put): void {
  switch (put.put) {
    case 'job':
      return statements.putJob.run(put.job.conversation, put.job.seq, put.job.inbox, put.job.state, JSON.stringify(put.job))
    case 'jobDone':
      return statements.dropJob.run(put.job.conversation, put.job.seq, put.job.inbox)
    case 'run':
      return statements.putRun.run(put.run.run, put.run.status, put.run.startedAt, JSON.stringify(put.run))
    case 'link':
      return statements.putLink.run(put.link.link, put.link.status, put.link.expiresAt, JSON.stringify(put.link))
    case 'account':
      return statements.putAccount.run(put.account.inbox, put.account.visitor, JSON.stringify(put.account))
    case 'accountGone':
      return statements.dropAccount.run(put.inbox, put.visitor)
    case 'closed':
      return statements.close.run(put.conversation)
    case 'answering':
      return statements.answering.run(put.inbox, put.conversation)
    case 'person':
      return statements.putPerson.run(put.person.visitor, JSON.stringify(put.person))
    case 'notes':
      return statements.putNotes.run(put.notes.conversation, put.notes.inbox, JSON.stringify(put.notes))
    case 'receipt':
      return statements.putReceipt.run(put.receipt.conversation, put.receipt.participant, put.receipt.got, put.receipt.read)
    case 'audit':
      return statements.putAudit.run(put.record.id, JSON.stringify(put.record))
    default:
      return put satisfies never
  }
}
