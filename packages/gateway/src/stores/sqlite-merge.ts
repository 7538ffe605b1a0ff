import type { ConversationId, LinkId, ParleyEvent, RunId } from '@parley/protocol'
import { begunIn, type Merge, type Merged, mergedRows, type NotesRecord } from '@parley/engine'
import type { SqliteDriver } from './sqlite-driver.js'
import type { SqliteLog } from './sqlite-log.js'
import type { SqliteRecords } from './sqlite-records.js'

type Parts = { readonly log: SqliteLog; readonly records: SqliteRecords }

/** See `Store.merge`. Runs inside the caller's transaction, and seldom: it prepares what it needs when it is called. */
export function mergeConversation(driver: SqliteDriver, { log, records }: Parts, merge: Merge): Merged | null {
  const { inbox, from, to, into } = merge
  const [old, answering = null] =
    driver
      .prepare<readonly [string, string | null]>("select id, answering from conversations where inbox = ? and visitor = ? and status = 'open'")
      .get(inbox, from) ?? []
  if (old === undefined || old === into || !log.isOpen(into)) return null
  const rows = mergedRows(log.keptRows(old as ConversationId), { answering }, merge)
  if (rows.length === 0) return null
  const events = rows.flatMap((row): readonly ParleyEvent[] => {
    const { outcome } = log.append(row, {})
    if (outcome.kind !== 'stored') return []
    const { conversation: _conversation, log: _log, device: _device, digest: _digest, ...event } = row
    return [{ ...event, seq: outcome.seq } as ParleyEvent]
  })
  const begun = begunIn(rows)
  for (const id of begun.runs) {
    const run = records.run(id as RunId)
    if (run) records.put({ put: 'run', run: { ...run, conversation: into, visitor: to } })
  }
  for (const id of begun.links) {
    const link = records.link(id as LinkId)
    if (link) records.put({ put: 'link', link: { ...link, conversation: into, visitor: to } })
  }
  const account = records.account(inbox, from)
  if (account && !records.account(inbox, to)) records.put({ put: 'account', account: { ...account, visitor: to } })
  if (account) records.put({ put: 'accountGone', inbox, visitor: from })
  if (answering !== null) records.put({ put: 'answering', conversation: into, inbox: answering })
  moveNotes(driver, records, { from: old as ConversationId, to: into })
  driver.prepare("update conversations set status = 'closed', mergedInto = ? where id = ?").run(into, old)
  log.forget()
  return { from: old as ConversationId, events }
}

/** What is remembered there already stays. */
function moveNotes(driver: SqliteDriver, records: SqliteRecords, { from, to }: { readonly from: ConversationId; readonly to: ConversationId }): void {
  for (const [inbox] of driver.prepare<readonly [string]>('select inbox from notes where conversation = ?').all(from)) {
    const notes: NotesRecord | null = records.notes(from, inbox)
    if (notes && !records.notes(to, inbox)) records.put({ put: 'notes', notes: { ...notes, conversation: to } })
  }
  driver.prepare('delete from notes where conversation = ?').run(from)
}
