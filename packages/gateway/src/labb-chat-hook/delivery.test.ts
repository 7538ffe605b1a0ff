import { describe, expect, test } from 'vitest'
import { runSource, type SourceProcess } from '../testing/run-source.js'
import { labbBench } from './bench.js'
import { callWebhook, connectOld, text } from './testing.js'

const bench = labbBench()
const OK = { ok: true }

describe('when DMS does not take a message', () => {
  test('because it is down, it is brought when it is up again, in order, and the client hears of nothing', { timeout: 20_000 }, async () => {
    await bench.start()
    const client = await bench.connect()
    bench.dms().answer(503)
    const said = ['one', 'two', 'three'].map((words) => text('42', words))
    for (const one of said) expect(await client.say(one)).toEqual(OK)
    await expect.poll(() => bench.dms().headers.length).toBeGreaterThan(0)
    bench.dms().answer(200)
    await expect.poll(() => bench.dms().taken, { timeout: 10_000 }).toEqual(said)
    expect(client.failures()).toEqual([])
  })

  test('because it refuses it, the socket that sent it hears one sentence, and the next message is brought', async () => {
    await bench.start()
    const [client, other] = [await bench.connect(), await bench.connect()]
    await other.say(text('43', 'hi'))
    await expect.poll(() => bench.dms().taken.length).toBe(1)
    bench.dms().answer(401)
    expect(await client.say(text('42', 'refused'))).toEqual(OK)
    await expect.poll(() => client.failures()).toEqual(['The chat service refused this message (status 401), so it was not delivered.'])
    bench.dms().answer(200)
    await client.say(text('42', 'taken'))
    await expect.poll(() => bench.dms().taken.at(-1)?.text).toEqual(['taken'])
    expect(other.failures()).toEqual([])
  })

  test('what a customer says after connecting anew waits for what was said before', { timeout: 20_000 }, async () => {
    await bench.start()
    bench.dms().answer(503)
    const before = await bench.connect()
    await before.say(text('42', 'first'))
    await expect.poll(() => bench.dms().headers.length).toBe(1)
    before.socket.disconnect()
    const after = await bench.connect()
    const stranger = await bench.connect()
    await after.say(text('42', 'second'))
    bench.dms().answer(200)
    await stranger.say(text('43', 'of somebody else'))
    await expect.poll(() => bench.dms().taken.map((one) => one.text), { timeout: 10_000 }).toEqual([['of somebody else'], ['first'], ['second']])
  })
})

describe('a gateway that is killed', () => {
  const MAIN = new URL('../main.ts', import.meta.url)
  const started: SourceProcess[] = []
  async function start(): Promise<{ readonly url: string; kill(): Promise<void> }> {
    const program = runSource(MAIN, [], { ...bench.environment(), LOG_LEVEL: 'silent' })
    started.push(program)
    const url = await program.line((line) => line.startsWith('http://'))
    return {
      url,
      async kill() {
        program.child.kill('SIGKILL')
        await program.ended
      }
    }
  }

  test('brings what it acknowledged when it is there again, once and in order; its clients connect again by themselves', { timeout: 60_000 }, async () => {
    bench.dms().answer(503)
    const first = await start()
    const client = await connectOld(first.url)
    const said = ['one', 'two', 'three'].map((words) => text('42', words))
    for (const one of said) expect(await client.say(one)).toEqual(OK)
    await first.kill()
    expect(await client.ended).toBe('transport close')
    bench.dms().answer(200)
    const second = await start()
    try {
      await expect.poll(() => bench.dms().taken, { timeout: 20_000 }).toEqual(said)
      // The number was used by a socket that is gone, and by none since.
      expect(await callWebhook(second.url, { type: 'text', customer_id: '42', message_id: 'm', text: 'x' })).toBe(404)
    } finally {
      await second.kill()
    }
  })

  test('sends its clients away so that they come back, when it stops in good order', { timeout: 20_000 }, async () => {
    await bench.start()
    const client = await bench.connect()
    await client.say(text('42', 'hi'))
    await bench.stop()
    expect(await client.ended).toBe('transport close')
  })
})
