import { StartFault } from '../start-fault.js'

/** The little of SQLite that the store needs. Synchronous; rows come as arrays in the order of the columns. */
export interface SqliteDriver {
  exec(sql: string): void
  prepare<Row extends SqliteRow = SqliteRow>(sql: string): SqliteStatement<Row>
  /** Is a transaction open? SQLite ends it by itself after some disk errors. */
  inTransaction(): boolean
  close(): void
}
export interface SqliteStatement<Row extends SqliteRow> {
  run(...values: SqliteValue[]): void
  get(...values: SqliteValue[]): Row | undefined
  all(...values: SqliteValue[]): Row[]
}
/** Text must not hold NUL (libsql cuts it there on reading); foreign text goes in as JSON, which escapes it. */
export type SqliteValue = string | number | null
export type SqliteRow = readonly SqliteValue[]

/**
 * Opens a file with libsql, which has the API of better-sqlite3 and brings its own binary.
 * It is loaded only here, because not every gateway has this store.
 * @param path a file, or `:memory:`
 */
export async function openLibsql(path: string): Promise<SqliteDriver> {
  const { default: Database } = await import('libsql').catch((cause: unknown) => {
    throw new StartFault(`store: the SQLite driver (libsql) does not load on ${process.platform}-${process.arch}; another store is wanted`, { cause })
  })
  const database = new Database(path)
  return {
    exec: (sql) => {
      database.exec(sql)
    },
    prepare: <Row extends SqliteRow>(sql: string): SqliteStatement<Row> => {
      const statement = database.prepare(sql)
      if (statement.reader) statement.raw(true)
      return {
        run: (...values) => {
          statement.run(values)
        },
        get: (...values) => (statement.get(values) as Row | null | undefined) ?? undefined,
        all: (...values) => statement.all(values) as unknown as Row[]
      }
    },
    inTransaction: () => database.inTransaction,
    close: () => {
      database.close()
    }
  }
}
