import { describe, expect, test } from 'vitest'
import { labbBench } from './bench.js'
import { callWebhook, text } from './testing.js'

const bench = labbBench()
const TRUST = { LCH_TRUST_CUSTOMER_ID: '1' }
const OK = { ok: true }
const answer = (id: string, customer: string | number = '42') => ({ type: 'text', customer_id: customer, message_id: id, text: `text of ${id}` })

describe('where a customer number is believed', () => {
  test('what came while nobody was there is brought in order when the number is used again, over a restart, and once', async () => {
    await bench.start(TRUST)
    const before = await bench.connect()
    await before.say(text('42', 'hi'))
    expect(await callWebhook(bench.url(), answer('seen'))).toBe(200)
    await expect.poll(() => before.answers()).toEqual([answer('seen')])
    before.socket.disconnect()
    await before.ended
    for (const id of ['m1', 'm2']) expect(await callWebhook(bench.url(), answer(id))).toBe(200)
    await bench.stop()
    await bench.start(TRUST)
    expect(await callWebhook(bench.url(), answer('m3'))).toBe(200)
    const after = await bench.connect()
    expect(after.answers()).toEqual([])
    await after.say(text(42, 'here again'))
    await expect.poll(() => after.answers()).toEqual(['m1', 'm2', 'm3'].map((id) => answer(id)))
    expect(await callWebhook(bench.url(), answer('m4'))).toBe(200)
    await expect.poll(() => after.answers().length).toBe(4)
    after.socket.disconnect()
    await after.ended
    const last = await bench.connect()
    await last.say(text('42', 'a third time'))
    await callWebhook(bench.url(), answer('m5'))
    await expect.poll(() => last.answers()).toEqual([answer('m5')])
  })

  test('hundreds of answers are brought, more than one page of the log', { timeout: 30_000 }, async () => {
    await bench.start(TRUST)
    const before = await bench.connect()
    await before.say(text('42', 'hi'))
    before.socket.disconnect()
    await before.ended
    const ids = Array.from({ length: 230 }, (_, index) => `m${index}`)
    for (const id of ids) await callWebhook(bench.url(), answer(id))
    const after = await bench.connect()
    await after.say(text('42', 'here again'))
    await expect.poll(() => after.answers().length, { timeout: 10_000 }).toBe(230)
    expect(after.answers()).toEqual(ids.map((id) => answer(id)))
    after.socket.disconnect()
    await after.ended
    const last = await bench.connect()
    await last.say(text('42', 'once more'))
    await callWebhook(bench.url(), answer('new'))
    await expect.poll(() => last.answers()).toEqual([answer('new')])
  })

  test('what is not acknowledged is kept, and brought to the next who uses the number', async () => {
    await bench.start(TRUST)
    const deaf = await bench.connect({ acknowledges: false })
    await deaf.say(text('42', 'hi'))
    for (const id of ['m1', 'm2']) await callWebhook(bench.url(), answer(id))
    await expect.poll(() => deaf.answers().length).toBe(2)
    deaf.socket.disconnect()
    await deaf.ended
    const after = await bench.connect()
    await after.say(text('42', 'here again'))
    await expect.poll(() => after.answers()).toEqual([answer('m1'), answer('m2')])
  })

  test('two sockets are both told; what one of them acknowledged is not told again', async () => {
    await bench.start(TRUST)
    const [good, deaf] = [await bench.connect(), await bench.connect({ acknowledges: false })]
    for (const client of [good, deaf]) await client.say(text('42', 'hi'))
    await callWebhook(bench.url(), answer('m1'))
    await expect.poll(() => [good.answers(), deaf.answers()]).toEqual([[answer('m1')], [answer('m1')]])
    const third = await bench.connect()
    await third.say(text('42', 'hi'))
    await callWebhook(bench.url(), answer('m2'))
    await expect.poll(() => third.answers()).toEqual([answer('m2')])
  })

  test('typing is told to who is there and to nobody later; a number that was never used is nobody', async () => {
    await bench.start(TRUST)
    const client = await bench.connect()
    await client.say(text('42', 'hi'))
    const typing = { type: 'typing_indicator', customer_id: '42' }
    expect([await callWebhook(bench.url(), typing), await callWebhook(bench.url(), answer('x', '43'))]).toEqual([200, 404])
    await expect.poll(() => client.answers()).toEqual([typing])
    client.socket.disconnect()
    await client.ended
    await expect.poll(() => callWebhook(bench.url(), typing)).toBe(200)
    const after = await bench.connect()
    expect(await after.say(text('42', 'hi'))).toEqual(OK)
    await callWebhook(bench.url(), answer('m1'))
    await expect.poll(() => after.answers()).toEqual([answer('m1')])
  })

  test('somebody without a number is one socket all the same', async () => {
    await bench.start(TRUST)
    const [one, two] = [await bench.connect(), await bench.connect()]
    await one.say(text('', 'one'))
    await two.say(text('', 'two'))
    await expect.poll(() => bench.dms().taken.length).toBe(2)
    const made = bench.dms().taken.find(({ text: said }) => String(said) === 'one')?.customer_id as string
    expect(await callWebhook(bench.url(), answer('m1', made))).toBe(200)
    await expect.poll(() => one.answers()).toEqual([answer('m1', made)])
    one.socket.disconnect()
    await expect.poll(() => callWebhook(bench.url(), answer('m2', made))).toBe(404)
    expect(two.answers()).toEqual([])
  })
})
