import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/index.js'
import { createPatience } from './patience.js'
import { createRequests } from './requests.js'

/** Frames on a line whose answers the test gives. `told` is all that happened, in order, with its time. */
function setUp() {
  const clock = createFakeClock()
  const told: string[] = []
  const acks: ((answer: unknown) => void)[] = []
  const requests = createRequests({
    clock,
    emit(name, _payload, onAck) {
      told.push(`${clock.now()} ${name}`)
      acks.push(onAck)
    },
    onDead(detail) {
      told.push(`${clock.now()} dead: ${detail}`)
      requests.end(detail)
    }
  })
  const send = () =>
    requests.send('seen', { conversation: 'c' as never, got: 1, read: 1 }).then(
      (ack) => void told.push(`${clock.now()} ${JSON.stringify(ack)}`),
      (reason: unknown) => void told.push(`${clock.now()} ${String(reason)}`)
    )
  return { clock, told, acks, requests, send }
}

test('rule 7: a frame that is not answered in time makes the line be probed, and no answer to that ends it', async () => {
  const { clock, told, send } = setUp()
  void send()
  await clock.advance(60_000)
  expect(told).toEqual(['0 seen', '2000 probe', '4000 dead: The line does not answer.', '4000 ParleyError: The line does not answer.'])
})

test('rule 4: on a line that lives, a frame is waited for up to 15 s', async () => {
  const { clock, told, acks, send } = setUp()
  void send()
  await clock.advance(2_000)
  acks[1]?.({ ok: true })
  await clock.advance(60_000)
  expect(told).toEqual(['0 seen', '2000 probe', '15000 dead: The gateway did not answer in time.', '15000 ParleyError: The gateway did not answer in time.'])
})

test('a late answer in time is an answer, and no timer runs on', async () => {
  const { clock, told, acks, send } = setUp()
  void send()
  await clock.advance(3_000)
  acks[1]?.({ ok: true })
  acks[0]?.({ ok: true })
  acks[0]?.({ ok: true })
  await clock.advance(60_000)
  expect(told).toEqual(['0 seen', '2000 probe', '3000 {"ok":true}'])
})

test('what is no answer rejects, and after the end nothing is put on the line', async () => {
  const { clock, told, acks, requests, send } = setUp()
  void send()
  acks[0]?.(new Uint8Array(3))
  await clock.settle()
  requests.end('over')
  void send()
  await clock.settle()
  expect(told).toEqual(['0 seen', expect.stringContaining('is no answer'), '0 ParleyError: over'])
})

test('rule 4: patience is four times the smoothed trip, between 2 s and 15 s', () => {
  const patience = createPatience()
  const after = (tripMs: number) => {
    patience.measured(tripMs)
    return patience.timeoutMs()
  }
  expect([patience.timeoutMs(), after(100), after(900), after(4_900), after(60_000)]).toEqual([2_000, 2_000, 2_000, 3_150, 15_000])
})
