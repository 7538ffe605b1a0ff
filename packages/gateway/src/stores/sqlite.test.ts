import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeContract } from '@parley/engine/contracts'
import { systemChance } from '../host.js'
import { openStore } from './open-store.js'

async function openFile() {
  const folder = mkdtempSync(join(tmpdir(), 'parley-store-'))
  const address = `sqlite:${join(folder, 'log.db')}`
  let store = await openStore(address, systemChance)
  return {
    store,
    reopen: async () => {
      await store.close()
      store = await openStore(address, systemChance)
      return store
    },
    dispose: async () => {
      await store.close()
      rmSync(folder, { recursive: true })
    }
  }
}

// Making a file and waiting for the disk takes its time; the store in memory tries more.
storeContract('sqlite file', openFile, { runs: 15 })

storeContract(
  'sqlite in memory',
  async () => {
    const store = await openStore('sqlite::memory:', systemChance)
    return { store, dispose: () => store.close() }
  },
  { keeps: false }
)
