import { createFakeClock } from '@parley/engine/contracts'
import type { ErrorCode } from '@parley/protocol'
import { expect, test } from 'vitest'
import { upTo } from '../testing/audits.js'
import { createListLog } from '../testing/open-doors.js'
import { createIdentityRefusals } from './identity-refusals.js'

type Written = { readonly at: number; readonly inbox: string; readonly code: ErrorCode; readonly count: number | undefined }

function bench() {
  const clock = createFakeClock(0)
  const log = createListLog()
  const written: Written[] = []
  let fault: Error | null = null
  const refusals = createIdentityRefusals({
    inboxes: new Set(['support', 'sales']),
    clock,
    log,
    async write(inbox, code, count) {
      if (fault) throw fault
      written.push({ at: clock.now(), inbox, code, count })
    }
  })
  return {
    clock,
    log,
    written,
    refusals,
    fails(given: Error | null) {
      fault = given
    }
  }
}

test('the first refused identity is recorded at once, and the others of its minute as a number at its end', async () => {
  const { clock, written, refusals } = bench()
  for (const _ of upTo(1_000)) await refusals.note('support', 'identity.invalid')
  await refusals.note('support', 'identity.expired')
  await refusals.note('sales', 'identity.invalid')
  await clock.advance(59_999)
  const firsts = [
    { at: 0, inbox: 'support', code: 'identity.invalid', count: undefined },
    { at: 0, inbox: 'support', code: 'identity.expired', count: undefined },
    { at: 0, inbox: 'sales', code: 'identity.invalid', count: undefined }
  ]
  expect(written).toEqual(firsts)
  await clock.advance(1)
  expect(written).toEqual([...firsts, { at: 60_000, inbox: 'support', code: 'identity.invalid', count: 999 }])
})

test('after a minute the next one is recorded at once again', async () => {
  const { clock, written, refusals } = bench()
  await refusals.note('support', 'identity.invalid')
  await clock.advance(60_000)
  await refusals.note('support', 'identity.invalid')
  expect(written.map(({ at, count }) => [at, count])).toEqual([
    [0, undefined],
    [60_000, undefined]
  ])
})

test('a name that no inbox has is neither counted nor recorded', async () => {
  const { clock, written, refusals } = bench()
  for (const number of upTo(100)) await refusals.note(`inbox-${number}`, 'identity.invalid')
  await clock.advance(60_000)
  await refusals.close()
  expect(written).toEqual([])
})

test('closing records what was counted, and nothing comes afterwards', async () => {
  const { clock, written, refusals } = bench()
  for (const _ of upTo(3)) await refusals.note('support', 'identity.invalid')
  await clock.advance(1_000)
  await refusals.close()
  await clock.advance(120_000)
  expect(written.map(({ at, count }) => [at, count])).toEqual([
    [0, undefined],
    [1_000, 2]
  ])
})

test('what cannot be written is told and counted on', async () => {
  const { clock, log, written, refusals, fails } = bench()
  fails(new Error('the disk'))
  await expect(refusals.note('support', 'identity.invalid')).rejects.toThrow('the disk')
  await refusals.note('support', 'identity.invalid')
  await clock.advance(60_000)
  fails(null)
  await refusals.note('support', 'identity.invalid')
  await clock.advance(60_000)
  expect(written.map(({ at, count }) => [at, count])).toEqual([[120_000, 3]])
  expect(log.lines).toEqual([
    { level: 'error', fields: { inbox: 'support', code: 'identity.invalid', count: 2, reason: 'the disk' }, text: 'refused identities could not be recorded' }
  ])
})
