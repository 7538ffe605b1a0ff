import type { Ack, Epoch, ParleyEvent } from '@parley/protocol'
import { expect, test } from 'vitest'
import { emptyLog, enterLog, receive } from './cursor.js'
import { createReader } from './reader.js'
import { createFakeClock } from './testing/index.js'

const EPOCH = 'e' as Epoch
const rows = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    seq: from + index,
    messageId: `m${from + index}`,
    type: 'unknown',
    author: { id: 'p', role: 'bot' },
    at: '',
    body: { was: 'x' }
  })) as unknown as ParleyEvent[]

/** A log with rows 1 and 10, and a gateway that answers at most `page` rows of a read. */
function setUp(page: number, answer: () => Ack = () => ({ ok: true })) {
  const clock = createFakeClock()
  let log = receive(enterLog(emptyLog(), { epoch: EPOCH, reset: false, from: 1 }), { epoch: EPOCH, events: [...rows(1, 1), ...rows(10, 10)] }).log
  const asked: string[] = []
  const reader = createReader({
    clock,
    log: () => log,
    async read({ from, to }) {
      asked.push(`${clock.now()}: ${from}-${to}`)
      const ack = answer()
      if ('ok' in ack && page > 0) log = receive(log, { epoch: EPOCH, events: rows(from, Math.min(to, from + page - 1)) }).log
      return ack
    }
  })
  return { clock, reader, asked, cursor: () => log.conversation.cursor }
}

test('a hole is filled page by page, by one asker only', async () => {
  const { reader, asked, cursor } = setUp(3)
  await Promise.all([reader.fillHole(), reader.fillHole()])
  expect([asked, cursor()]).toEqual([['0: 2-9', '0: 5-9', '0: 8-9'], 10])
})

test('a gateway that sends nothing is not asked for ever', async () => {
  const { reader, asked } = setUp(0)
  await reader.fillHole()
  expect(asked).toEqual(['0: 2-9'])
})

test('a busy one is asked again when it says, or after a second; a definite no is told', async () => {
  const answers: Ack[] = [{ error: { code: 'append.busy', retryInMs: 70 } }, { error: { code: 'append.busy' } }, { error: { code: 'auth.forbidden' } }]
  const { clock, reader, asked } = setUp(3, () => answers.shift() ?? { ok: true })
  const outcome = reader.fillHole().catch((reason: unknown) => reason)
  await clock.advance(2_000)
  expect([asked, await outcome]).toEqual([['0: 2-9', '70: 2-9', '1070: 2-9'], expect.objectContaining({ code: 'auth.forbidden' })])
})
