import { systemChance } from '../host.js'
import { openStore } from '../stores/open-store.js'
import { audit } from './audits.js'
import { CONVERSATION_ID, DEVICE_ID, message, openSample, run } from './samples.js'

/**
 * A process that commits until it is killed: groups of a few messages, each with a job and a run,
 * and tells every group after its commit.
 */
const [address = ''] = process.argv.slice(2)
try {
  const store = await openStore(address, systemChance)
  await openSample(store)
  let last = await store.lastDeviceSeq(CONVERSATION_ID, DEVICE_ID)
  for (let group = 0; ; group++) {
    const numbers = Array.from({ length: 1 + (group % 7) }, (_, index) => last + index + 1)
    const outcomes = await store.commit(
      numbers.map((number) => ({
        event: message(number),
        job: { inbox: 'support', dueAt: number },
        puts: [
          { put: 'run' as const, run: run(number) },
          { put: 'audit' as const, record: audit(number) }
        ]
      }))
    )
    last = numbers.at(-1) ?? last
    const seqs = outcomes.map((outcome) => (outcome.kind === 'stored' ? outcome.seq : outcome.kind))
    process.stdout.write(`acked ${seqs.join(' ')}\n`)
    await new Promise((resolve) => setImmediate(resolve))
  }
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exit(1)
}
