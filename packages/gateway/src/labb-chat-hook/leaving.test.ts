import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLibsql } from '../stores/sqlite-driver.js'
import { labbBench } from './bench.js'
import { text } from './testing.js'

const bench = labbBench()
const OK = { ok: true }
const TYPING = { type: 'typing_indicator', customer_id: '42' }

/** How the conversations of old clients stand in the store, oldest first. The gateway has the file for itself, so it is stopped. */
async function standing(): Promise<readonly unknown[]> {
  await bench.stop()
  const file = await openLibsql(join(bench.folder(), 'parley.db'))
  try {
    return file.prepare("select status from conversations where inbox = 'labb-chat-hook' order by key").all().flat()
  } finally {
    file.close()
  }
}

describe('the conversation of a socket that leaves', () => {
  test('ends, what waits in it is brought to DMS all the same, and DMS hears of no end', { timeout: 20_000 }, async () => {
    await bench.start()
    bench.dms().answer(503)
    const client = await bench.connect()
    const said = ['one', 'two'].map((words) => text('42', words))
    for (const one of said) expect(await client.say(one)).toEqual(OK)
    client.socket.disconnect()
    await client.ended
    bench.dms().answer(200)
    await expect.poll(() => bench.dms().taken, { timeout: 10_000 }).toEqual(said)
    const other = await bench.connect()
    await other.say(text('42', 'and on'))
    await expect.poll(() => bench.dms().taken.slice(2)).toEqual([expect.objectContaining({ type: 'text', text: ['and on'] })])
    expect(await standing()).toEqual(['closed', 'open'])
  })

  test('holds what it said last, however quickly it left', async () => {
    await bench.start()
    const client = await bench.connect()
    const said = ['one', 'two', 'three'].map((words) => text('42', words))
    for (const one of said) client.socket.emit('clientMessage', one)
    client.socket.disconnect()
    await expect.poll(() => bench.dms().taken).toEqual(said)
    const other = await bench.connect()
    await other.say(text('42', 'and on'))
    expect(await standing()).toEqual(['closed', 'open'])
  })

  test('stays open where the number is believed, and waits for whoever says it next', async () => {
    await bench.start({ LCH_TRUST_CUSTOMER_ID: '1' })
    const client = await bench.connect()
    for (const number of ['42', '']) expect(await client.say(text(number, 'hi'))).toEqual(OK)
    client.socket.disconnect()
    await client.ended
    const other = await bench.connect()
    await other.say(text('42', 'and on'))
    expect(await standing()).toEqual(['open', 'closed'])
  })
})

describe('somebody who types', () => {
  test('and has said nothing on this socket begins no conversation, and DMS hears nothing', async () => {
    await bench.start()
    const [client, other] = [await bench.connect(), await bench.connect()]
    await other.say(text('42', 'hi'))
    expect(await client.say(TYPING)).toEqual(OK)
    expect(await client.say(text('43', 'hi'))).toEqual(OK)
    expect(await client.say(TYPING)).toEqual(OK)
    await expect.poll(() => bench.dms().taken.map(({ type, customer_id }) => `${String(type)} ${String(customer_id)}`)).toEqual(['text 42', 'text 43'])
    expect(await standing()).toEqual(['open', 'open'])
  })

  test('and whose first message was not taken has said nothing, either', async () => {
    await bench.start()
    const client = await bench.connect()
    expect(await client.say(text('42', 'x'.repeat(40_000)))).toEqual({ error: expect.stringMatching(/bytes/) as string })
    expect(await client.say(TYPING)).toEqual(OK)
    await client.say(text('42', 'hi'))
    await expect.poll(() => bench.dms().taken.map(({ type }) => type)).toEqual(['text'])
    expect(await client.say(TYPING)).toEqual(OK)
    await expect.poll(() => bench.dms().taken.map(({ type }) => type)).toEqual(['text', 'typing_indicator'])
  })
})
