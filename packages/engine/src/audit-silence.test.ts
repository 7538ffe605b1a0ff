import type { RunFailure } from '@parley/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Audited, begun, enter, latestRun, run, say, words } from './testing/audited.js'

/** Stands in everything that people, bots and partners say. */
const MARKER = 'xyzzy'
const said = fc.string({ maxLength: 20 }).map((text) => `${text}${MARKER}${text}`)
const step = fc.record({
  kind: fc.constantFrom('say', 'run', 'wrong', 'unknown', 'progress', 'finish', 'fail', 'close'),
  text: said,
  list: fc.array(said, { minLength: 1, maxLength: 3 }),
  reason: fc.constantFrom<RunFailure>('refused', 'failed', 'cancelled', 'unknownOutcome')
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
const seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0

function act(here: Audited, { kind, text, list, reason }: Step, deviceSeq: number): Promise<unknown> {
  const { run: runs, close } = here.world.connector.port()
  const id = latestRun(here)
  switch (kind) {
    case 'run':
      return run(here, deviceSeq, { what: 'start', why: text, words: list })
    case 'wrong':
      return run(here, deviceSeq, { what: text, id: text })
    case 'unknown':
      return run(here, deviceSeq, { text }, MARKER)
    case 'progress':
      return runs.progress(id, { step: text, text })
    case 'finish':
      return runs.finish(id, words(text))
    case 'fail':
      return runs.fail(id, { reason, text })
    case 'close':
      return close(here.conversation, text)
    default:
      return say(here, deviceSeq, text)
  }
}

test(`nothing that anybody said is in a record (seed ${seed})`, { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      const here = await enter()
      let deviceSeq = 1
      await begun(here, deviceSeq, { what: 'run', why: MARKER, words: [MARKER] })
      for (const one of steps) {
        if (['say', 'run', 'wrong', 'unknown'].includes(one.kind)) deviceSeq++
        await act(here, one, deviceSeq)
      }
      const records = await here.records()
      expect(records.map(({ name }) => name)).toContain('command.started')
      expect(JSON.stringify(records)).not.toContain(MARKER)
    }),
    { seed, numRuns: 100 }
  )
})
