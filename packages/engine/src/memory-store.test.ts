import { storeContract } from './contracts/index.js'
import { createMemoryStore } from './memory-store.js'
import { countingBytes } from './testing/harness.js'

storeContract('memory', async () => ({ store: createMemoryStore({ bytes: countingBytes() }), async dispose() {} }), { keeps: false })
