import { type ConversationId, type Epoch, idFromBytes, type LogName, type ParleyEvent } from '@parley/protocol'
import { type AppendDecision, decideAppend, type Standing, type StandingEvent } from './append-decision.js'
import type { Chance } from './host.js'
import { inOrderMade } from './job-order.js'
import type { ConversationRecord, Job, NewEvent, NewVoid, ReceiptRecord, RunStatus } from './records.js'
import { emptyTables, type Spent, type Tables } from './memory-tables.js'
import { begunIn, mergedRows } from './merge-rows.js'
import type { Merge, Merged, Outcome, Put, Range, Store, Unit } from './store.js'

/**
 * A store that forgets with the process: for pages without a server, for tests, and as the plain
 * statement of what the store contract means.
 */
export function createMemoryStore({ bytes }: Chance): Store {
  const tables = emptyTables()
  const secrets = new Map<string, string>()
  return {
    epoch: idFromBytes(bytes(16)) as Epoch,
    async secret(name, fresh) {
      const kept = secrets.get(name) ?? fresh()
      secrets.set(name, kept)
      return kept
    },
    async openConversation(fresh, opening, job) {
      const found = findOpen(tables, fresh)
      if (found) return found
      tables.conversations.set(fresh.id, fresh)
      for (const event of opening) store(tables, event)
      if (job) apply(tables, { put: 'job', job: { conversation: fresh.id, seq: 1, state: 'waiting', attempts: 0, ...job } })
      return fresh
    },
    findConversation: async (inbox, visitor) => findOpen(tables, { inbox, visitor }) ?? null,
    merge: async (merge) => mergeConversation(tables, merge),
    async commit(units) {
      return units.map((unit) => write(tables, unit))
    },
    conversation: async (id) => tables.conversations.get(id) ?? null,
    head: async (conversation, log) => rowsOf(tables, conversation, log).length,
    read: async (range, limit, limitBytes) => readRange(tables, range, limit, limitBytes),
    messageIdAt: async (conversation, log, seq) => rowsOf(tables, conversation, log)[seq - 1]?.messageId ?? null,
    rowKeys: async ({ conversation, log, from, to }) => rowsOf(tables, conversation, log).slice(from - 1, to),
    lastDeviceSeq: async (conversation, device) => tables.lastDeviceSeq.get(`${conversation} ${device}`) ?? 0,
    receipts: async (conversation) => [...tables.receipts.values()].filter((receipt) => receipt.conversation === conversation),
    run: async (id) => tables.runs.get(id) ?? null,
    runsWith: async (status) => [...tables.runs.values()].filter((run) => status.includes(run.status)).sort((a, b) => a.startedAt - b.startedAt),
    link: async (id) => tables.links.get(id) ?? null,
    pendingLinks: async () => [...tables.links.values()].filter((link) => link.status === 'requested').sort((a, b) => a.expiresAt - b.expiresAt),
    account: async (inbox, visitor) => tables.accounts.get(`${inbox} ${visitor}`) ?? null,
    person: async (visitor) => tables.persons.get(visitor) ?? null,
    notes: async (conversation, inbox) => tables.notes.get(`${conversation} ${inbox}`) ?? null,
    jobs: async () => inOrderMade([...tables.jobs.values()].filter((job) => job.state !== 'parked')),
    audits: async (limit) => [...tables.audits.values()].slice(0, limit),
    auditCount: async () => tables.audits.size,
    async forgetAudits(ids) {
      for (const id of ids) tables.audits.delete(id)
    },
    async dropAudits(most) {
      const dropped = [...tables.audits.keys()].slice(0, Math.max(0, tables.audits.size - most))
      for (const id of dropped) tables.audits.delete(id)
      return dropped.length
    },
    async close() {}
  }
}

function findOpen(tables: Tables, { inbox, visitor }: Pick<ConversationRecord, 'inbox' | 'visitor'>): ConversationRecord | undefined {
  return [...tables.conversations.values()].find((one) => one.inbox === inbox && one.visitor === visitor && one.status === 'open')
}

function rowsOf(tables: Tables, conversation: ConversationId, log: LogName): ParleyEvent[] {
  const key = `${conversation} ${log}`
  const rows = tables.rows.get(key) ?? []
  tables.rows.set(key, rows)
  return rows
}

function write(tables: Tables, unit: Unit): Outcome {
  if (unit.only && !holds(tables, unit.only)) return { kind: 'skipped' }
  const row = unit.event ?? unit.void
  const conversation = row && tables.conversations.get(row.conversation)
  if (conversation?.mergedInto) return { kind: 'moved', into: conversation.mergedInto }
  if (!row) {
    for (const put of unit.puts ?? []) apply(tables, put)
    return { kind: 'done' }
  }
  const decision = decide(tables, row, { formerly: unit.formerly ?? [], isOver: unit.open === true && conversation?.status === 'closed' })
  if (decision.kind !== 'store') return row.device ? spend(tables, row, decision) : decision
  const outcome = unit.event ? store(tables, unit.event) : storeVoid(tables, row as NewVoid)
  if (unit.job && outcome.kind === 'stored')
    apply(tables, { put: 'job', job: { conversation: row.conversation, seq: outcome.seq, state: 'waiting', attempts: 0, ...unit.job } })
  for (const put of unit.puts ?? []) apply(tables, put)
  return outcome
}

function holds(tables: Tables, only: { readonly run: string; readonly status: readonly RunStatus[] }): boolean {
  const run = tables.runs.get(only.run)
  return run !== undefined && only.status.includes(run.status)
}

const numberKey = ({ conversation, device }: NewEvent | NewVoid): string => (device ? `${conversation} ${device.id} ${device.seq}` : '')

type Asked = { readonly formerly: readonly ConversationId[]; readonly isOver: boolean }

function decide(tables: Tables, row: NewEvent | NewVoid, { formerly, isOver }: Asked): AppendDecision {
  const before = findMessage(tables, row, formerly)
  const standing = row.device ? (tables.standing.get(numberKey(row)) ?? null) : before
  return decideAppend({
    messageId: row.messageId,
    digest: 'digest' in row ? row.digest : '',
    deviceSeq: row.device?.seq ?? null,
    lastDeviceSeq: row.device ? (tables.lastDeviceSeq.get(`${row.conversation} ${row.device.id}`) ?? 0) : 0,
    isVoid: !('digest' in row),
    isOver,
    standing: standing && 'spent' in standing ? standingOfSpent(standing, before) : standing,
    before
  })
}

const standingOfSpent = ({ spent }: Spent, before: StandingEvent | null): Standing =>
  before?.messageId === spent ? before : { messageId: spent, void: 'append.invalid' }

function findMessage(tables: Tables, { conversation, messageId }: NewEvent | NewVoid, formerly: readonly ConversationId[]): StandingEvent | null {
  const here = tables.byMessage.get(`${conversation} ${messageId}`)
  if (here) return here
  const there = formerly.map((one) => tables.byMessage.get(`${one} ${messageId}`)).find((one) => one !== undefined)
  return there ? { ...there, elsewhere: true } : null
}

function spend(tables: Tables, row: NewEvent | NewVoid, decision: Exclude<AppendDecision, { readonly kind: 'store' }>): Outcome {
  if (!('isSpent' in decision)) return decision
  const { isSpent: _isSpent, ...outcome } = decision
  tables.standing.set(numberKey(row), outcome.kind === 'void' ? { messageId: row.messageId, void: outcome.code } : { spent: row.messageId })
  takeNumber(tables, row)
  return outcome
}

function takeNumber(tables: Tables, { conversation, device }: NewEvent | NewVoid): void {
  if (device) tables.lastDeviceSeq.set(`${conversation} ${device.id}`, device.seq)
}

function store(tables: Tables, event: NewEvent): Outcome {
  const { conversation, log, device, digest, ...rest } = event
  const rows = rowsOf(tables, conversation, log)
  const stored = { seq: rows.length + 1, ...rest } as ParleyEvent
  rows.push(stored)
  const standing = { messageId: event.messageId, digest, seq: stored.seq, at: stored.at }
  tables.byMessage.set(`${conversation} ${event.messageId}`, standing)
  if (device) tables.standing.set(numberKey(event), standing)
  takeNumber(tables, event)
  return { kind: 'stored', seq: stored.seq, at: stored.at }
}

function storeVoid(tables: Tables, row: NewVoid): Outcome {
  tables.standing.set(numberKey(row), { messageId: row.messageId, void: row.code })
  takeNumber(tables, row)
  return { kind: 'void', code: row.code }
}

function apply(tables: Tables, put: Put): void {
  switch (put.put) {
    case 'job':
      tables.jobs.set(jobKey(put.job), put.job)
      return
    case 'jobDone':
      tables.jobs.delete(jobKey(put.job))
      return
    case 'run':
      tables.runs.set(put.run.run, put.run)
      return
    case 'link':
      tables.links.set(put.link.link, put.link)
      return
    case 'account':
      tables.accounts.set(`${put.account.inbox} ${put.account.visitor}`, put.account)
      return
    case 'accountGone':
      tables.accounts.delete(`${put.inbox} ${put.visitor}`)
      return
    case 'closed':
      return changeConversation(tables, put.conversation, { status: 'closed' })
    case 'answering':
      return changeConversation(tables, put.conversation, { answering: put.inbox })
    case 'person':
      tables.persons.set(put.person.visitor, put.person)
      return
    case 'notes':
      tables.notes.set(`${put.notes.conversation} ${put.notes.inbox}`, put.notes)
      return
    case 'receipt':
      return mergeReceipt(tables, put.receipt)
    case 'audit':
      if (!tables.audits.has(put.record.id)) tables.audits.set(put.record.id, put.record)
      return
    default:
      return put satisfies never
  }
}

function mergeConversation(tables: Tables, merge: Merge): Merged | null {
  const { inbox, from, to, into } = merge
  const old = [...tables.conversations.values()].find((one) => one.inbox === inbox && one.visitor === from && one.status === 'open')
  if (!old || old.id === into || tables.conversations.get(into)?.status !== 'open') return null
  const kept = rowsOf(tables, old.id, 'public').map((event) => ({ event, digest: tables.byMessage.get(`${old.id} ${event.messageId}`)?.digest ?? '' }))
  const rows = mergedRows(kept, old, merge)
  if (rows.length === 0) return null
  const events: ParleyEvent[] = []
  for (const row of rows) {
    if (write(tables, { event: row }).kind === 'stored') events.push(rowsOf(tables, into, 'public').at(-1) as ParleyEvent)
  }
  const begun = begunIn(rows)
  for (const run of begun.runs.flatMap((id) => tables.runs.get(id) ?? [])) tables.runs.set(run.run, { ...run, conversation: into, visitor: to })
  for (const link of begun.links.flatMap((id) => tables.links.get(id) ?? [])) tables.links.set(link.link, { ...link, conversation: into, visitor: to })
  const account = tables.accounts.get(`${inbox} ${from}`)
  if (account && !tables.accounts.has(`${inbox} ${to}`)) tables.accounts.set(`${inbox} ${to}`, { ...account, visitor: to })
  tables.accounts.delete(`${inbox} ${from}`)
  if (old.answering !== null) changeConversation(tables, into, { answering: old.answering })
  moveNotes(tables, old.id, into)
  tables.conversations.set(old.id, { ...old, status: 'closed', mergedInto: into })
  return { from: old.id, events }
}

/** What is remembered there already stays. */
function moveNotes(tables: Tables, from: ConversationId, to: ConversationId): void {
  for (const kept of [...tables.notes.values()].filter(({ conversation }) => conversation === from)) {
    const key = `${to} ${kept.inbox}`
    if (!tables.notes.has(key)) tables.notes.set(key, { ...kept, conversation: to })
    tables.notes.delete(`${from} ${kept.inbox}`)
  }
}

function changeConversation(tables: Tables, id: ConversationId, change: Partial<Pick<ConversationRecord, 'status' | 'answering'>>): void {
  const found = tables.conversations.get(id)
  if (found) tables.conversations.set(id, { ...found, ...change })
}

function mergeReceipt(tables: Tables, receipt: ReceiptRecord): void {
  const key = `${receipt.conversation} ${receipt.participant}`
  const before = tables.receipts.get(key)
  tables.receipts.set(key, { ...receipt, got: Math.max(receipt.got, before?.got ?? 0), read: Math.max(receipt.read, before?.read ?? 0) })
}

const jobKey = (job: Pick<Job, 'conversation' | 'seq' | 'inbox'>): string => `${job.conversation} ${job.seq} ${job.inbox}`

function readRange(tables: Tables, range: Range, limit: number, limitBytes: number): ParleyEvent[] {
  const page: ParleyEvent[] = []
  let bytes = 0
  for (const event of rowsOf(tables, range.conversation, range.log).slice(Math.max(0, range.from - 1), range.to)) {
    // Who takes any size does not pay for the measuring.
    if (limitBytes < Number.MAX_SAFE_INTEGER) bytes += JSON.stringify(event).length
    if (page.length >= limit || (page.length > 0 && bytes > limitBytes)) break
    page.push(event)
  }
  return page
}
