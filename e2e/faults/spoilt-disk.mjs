import { createRequire } from 'node:module'

/**
 * Makes the disk beneath the store of this process fail. What SQLite itself can be made to say, it
 * says (`full` by a limit on its pages, `readOnly` by a pragma); what needs another process or a
 * broken device is thrown in its place, before the commit has done anything.
 */
const Database = createRequire(import.meta.resolve('@parley/gateway'))('libsql')
const THROWN = { busy: 'SQLITE_BUSY', fsync: 'SQLITE_IOERR_FSYNC' }
const UNLIMITED_PAGES = 1_073_741_823

let database = null
let thrown = null
const { prepare } = Database.prototype
Database.prototype.prepare = function (sql) {
  database = this
  const statement = prepare.call(this, sql)
  if (sql !== 'commit') return statement
  const run = statement.run.bind(statement)
  statement.run = (...values) => {
    if (thrown) throw Object.assign(new Error(`a disk that fails: ${thrown}`), { code: thrown })
    return run(...values)
  }
  return statement
}

/** @param fault `full`, `readOnly`, `busy`, `fsync`, or `none` */
export function spoilDisk(fault) {
  thrown = THROWN[fault] ?? null
  const used = prepare.call(database, 'pragma page_count').get().page_count
  database.exec(`pragma max_page_count = ${fault === 'full' ? used : UNLIMITED_PAGES}`)
  database.exec(`pragma query_only = ${fault === 'readOnly' ? 'on' : 'off'}`)
}
