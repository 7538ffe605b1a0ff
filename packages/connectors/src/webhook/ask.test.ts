import { createFakeClock } from '@parley/engine/contracts'
import { expect, test } from 'vitest'
import { ask } from './ask.js'
import { readConfig } from './config.js'
import { URL_OF_BOT } from './fixtures/bench.js'

const PIECE = 65_536

function settings() {
  const read = readConfig({ url: URL_OF_BOT, unsigned: true })
  if (!read.ok) throw new Error(read.wanted)
  return read.value
}

/** An answer in pieces that a guard cuts off at a megabyte, as the gateway's `fetch` does. */
function streamed(pieces: number) {
  let sent = 0
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= pieces) controller.close()
      else if (++sent * PIECE > 1_048_576) controller.error(new Error('the answer has more than 1048576 bytes'))
      else controller.enqueue(new Uint8Array(PIECE).fill(0x20))
    },
    cancel() {
      isCancelled = true
    }
  })
  return { response: new Response(body), sent: () => sent, isCancelled: () => isCancelled }
}
const asked = { method: 'POST', url: URL_OF_BOT, id: 'msg_1', body: '{}' } as const

test('an answer that is too large is left off before the guard breaks it, so it is never taken for a broken connection', async () => {
  const { response, sent, isCancelled } = streamed(64)
  expect(await ask({ clock: createFakeClock(), fetch: async () => response }, settings(), asked)).toEqual({ kind: 'tooLarge', status: 200 })
  expect([sent() <= 10, isCancelled()]).toEqual([true, true])
})

test('an answer of half a megabyte is read whole', async () => {
  const reply = await ask({ clock: createFakeClock(), fetch: async () => streamed(8).response }, settings(), asked)
  expect(reply.kind === 'answered' && reply.text.length).toBe(8 * PIECE)
})

test('a bot that is silent is given up after timeoutMs, and the request with it', async () => {
  const clock = createFakeClock()
  let signal: AbortSignal | null | undefined
  const fetch = (_url: string, init?: RequestInit): Promise<Response> =>
    new Promise((_resolve, reject) => {
      signal = init?.signal
      signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    })
  const reply = ask({ clock, fetch }, settings(), asked)
  await clock.advance(9_999)
  expect(signal?.aborted).toBe(false)
  await clock.advance(1)
  expect([signal?.aborted, await reply]).toEqual([true, { kind: 'timedOut' }])
})
