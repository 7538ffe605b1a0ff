import type { Chance } from '@parley/engine'
import { idFromBytes } from '@parley/protocol'
import { reasonOf } from '@parley/engine'
import { StartFault } from '../start-fault.js'
import { leaveFile } from './sqlite.js'
import { openLibsql, type SqliteDriver } from './sqlite-driver.js'
import { migrate } from './sqlite-schema.js'

/** What a restored file holds. */
export type Kept = { readonly conversations: number; readonly events: number; readonly lastAt: string | null; readonly epoch: string }
export type Held = { release(): void }

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown }).code)

/**
 * Nobody else gets the file until it is let go; what stood in its `-wal` is in the file then. A file that is damaged
 * cannot be held, and no gateway would start on it.
 * @throws StartFault when another process has it
 */
export async function holdFile(path: string): Promise<Held> {
  let driver: SqliteDriver | null = null
  try {
    driver = await openLibsql(path)
    driver.prepare('pragma journal_mode = delete').all()
    driver.exec('begin exclusive')
  } catch (thrown) {
    driver?.close()
    if (codeOf(thrown).startsWith('SQLITE_BUSY')) {
      throw new StartFault(`store: "sqlite:${path}" is in use by another process; wanted is a store that nobody uses: stop the gateway first`, {
        cause: thrown
      })
    }
    return { release: () => {} }
  }
  const holding = driver
  return {
    release() {
      holding.exec('rollback')
      holding.close()
    }
  }
}

/**
 * Makes a copied file a store of its own: whole, of this version, with an epoch that no client knows.
 * @param fault makes the fault of what is wrong with it
 */
export async function makeAnew(path: string, chance: Chance, fault: (problem: string) => StartFault): Promise<Kept> {
  let driver: SqliteDriver | null = null
  try {
    driver = await openLibsql(path)
    const kept = renew(driver, chance, fault)
    leaveFile(driver)
    return kept
  } catch (thrown) {
    driver?.close()
    if (thrown instanceof StartFault && !thrown.message.startsWith('store: the file ')) throw thrown
    const reason = reasonOf(thrown).split('\n')[0] ?? ''
    if (thrown instanceof StartFault) throw fault(reason.replace('store: the file', 'which').replace(/;.*$/, ''))
    throw codeOf(thrown).startsWith('SQLITE_NOTADB') ? fault('which is no database') : fault(`which is damaged (${reason})`)
  }
}

function renew(driver: SqliteDriver, chance: Chance, fault: (problem: string) => StartFault): Kept {
  const [tables] = driver
    .prepare<readonly [number]>("select count(*) from sqlite_schema where type = 'table' and name in ('meta', 'conversations', 'events')")
    .all()
  if (tables?.[0] !== 3) throw fault('which is no store of a gateway')
  const problem = driver.prepare<readonly [string]>('pragma quick_check(1)').get()?.[0]
  if (problem !== 'ok') throw fault(`which is damaged (${problem?.split('\n').at(-1) ?? 'unknown'})`)
  driver.exec('pragma synchronous = full')
  migrate(driver)
  const epoch = idFromBytes(chance.bytes(16))
  driver.prepare("insert into meta (name, value) values ('epoch', ?) on conflict do update set value = excluded.value").run(epoch)
  const [conversations = 0] = driver.prepare<readonly [number]>('select count(*) from conversations').get() ?? []
  const [events = 0, lastAt = null] = driver.prepare<readonly [number, string | null]>('select count(*), max(at) from events').get() ?? []
  return { conversations, events, lastAt, epoch }
}
