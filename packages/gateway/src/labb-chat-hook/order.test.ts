import { describe, expect, test } from 'vitest'
import { labbBench } from './bench.js'
import { text } from './testing.js'

const bench = labbBench()
const OK = { ok: true }

/** A customer says three things, connects anew and says a fourth; nothing of it is taken yet. */
async function sayOverReconnect(customer: string) {
  const said = ['A1', 'A2', 'A3', 'B4'].map((words) => text(customer, words))
  const before = await bench.connect()
  for (const one of said.slice(0, 3)) expect(await before.say(one)).toEqual(OK)
  before.socket.disconnect()
  const after = await bench.connect()
  for (const one of said.slice(3)) expect(await after.say(one)).toEqual(OK)
  return said
}

describe('what a customer says before and after connecting anew', () => {
  test('reaches DMS in the order it was said, when that was down at first', { timeout: 30_000 }, async () => {
    await bench.start()
    bench.dms().answer(503)
    const said = await sayOverReconnect('42')
    await expect.poll(() => bench.dms().headers.length).toBeGreaterThan(0)
    bench.dms().answer(200)
    await expect.poll(() => bench.dms().taken, { timeout: 20_000 }).toEqual(said)
  })

  test('reaches DMS in that order after the gateway was started anew, too', { timeout: 60_000 }, async () => {
    for (const customer of ['42', '43', '44']) {
      await bench.start()
      bench.dms().answer(503)
      const said = await sayOverReconnect(customer)
      await bench.stop()
      bench.dms().answer(200)
      bench.dms().taken.length = 0
      await bench.start()
      await expect.poll(() => bench.dms().taken, { timeout: 20_000 }).toEqual(said)
      await bench.stop()
    }
  })
})
