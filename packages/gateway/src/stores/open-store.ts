import type { Chance } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import { StartFault, startFault } from '../start-fault.js'
import { createSqliteStore, type GatewayStore } from './sqlite.js'
import { openLibsql, type SqliteDriver } from './sqlite-driver.js'

const SQLITE = 'sqlite:'

/**
 * Opens the store that the configuration names.
 * @param address `sqlite:./path.db`, or `sqlite::memory:` for one that ends with the process
 * @throws StartFault in one line, when the address is none or the file cannot be had
 */
export async function openStore(address: string, chance: Chance): Promise<GatewayStore> {
  if (!address.startsWith(SQLITE) || address.length === SQLITE.length)
    throw startFault('store', `"${address}"`, '"sqlite:" and the path of a file, "sqlite:./parley.db" for example')
  let driver: SqliteDriver | null = null
  try {
    driver = await openLibsql(address.slice(SQLITE.length))
    return createSqliteStore(driver, chance)
  } catch (thrown) {
    driver?.close()
    if (thrown instanceof StartFault && thrown.message.startsWith('store')) throw thrown
    throw new StartFault(
      `store: "${address}" cannot be opened (${firstLine(reasonOf(thrown))}); a file that only this process uses, in a folder that exists and may be written, is wanted`,
      {
        cause: thrown
      }
    )
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''
