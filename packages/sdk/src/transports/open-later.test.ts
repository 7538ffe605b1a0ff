import type { OpenTransport, Transport, TransportEvents } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/index.js'
import { HELLO } from './fixtures/real-server.js'
import { openLater } from './open-later.js'

/** A way whose code the test hands over when it likes. `told` is what the user of the line hears, `done` what the way is asked for. */
function setUp() {
  const clock = createFakeClock()
  const told: unknown[] = []
  const done: string[] = []
  let events: TransportEvents | null = null
  const way: OpenTransport = (_hello, given) => {
    events = given
    done.push('open')
    return {
      request: async (name) => {
        done.push(name)
        return { ok: true }
      },
      close: () => void done.push('close')
    } as Transport
  }
  let give: (way: OpenTransport) => void = () => {}
  let fail: (reason: unknown) => void = () => {}
  const load = () =>
    new Promise<OpenTransport>((resolve, reject) => {
      give = resolve
      fail = reject
    })
  const transport = openLater(load, clock)(HELLO, { onFrame: (frame) => told.push(frame), onEnd: (end) => told.push(end) })
  return { clock, told, done, transport, way, give: () => give(way), fail: (reason: unknown) => fail(reason), events: () => events }
}

test('once the code is there, everything goes by the way itself', async () => {
  const { clock, told, done, transport, give, events } = setUp()
  give()
  await clock.settle()
  expect(await transport.request('probe', {})).toEqual({ ok: true })
  events()?.onEnd({ kind: 'lost', detail: 'over' })
  transport.close()
  expect([done, told]).toEqual([['open', 'probe', 'close'], [{ kind: 'lost', detail: 'over' }]])
})

test('a frame before that is lost with its line, and the way is never opened', async () => {
  const { clock, told, done, transport, give } = setUp()
  await expect(transport.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
  await expect(transport.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
  give()
  await clock.settle()
  expect([done, told]).toEqual([[], [{ kind: 'lost', detail: 'The connection is not open.' }]])
})

test('who closes before that hears nothing, and the way is never opened', async () => {
  for (const isThere of [true, false]) {
    const { clock, told, done, transport, give, fail } = setUp()
    transport.close()
    if (isThere) give()
    else fail(new Error('404'))
    await clock.settle()
    await expect(transport.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
    expect([done, told]).toEqual([[], []])
  }
})

test('code that cannot be had is a lost line', async () => {
  const { clock, told, transport, fail } = setUp()
  fail(new Error('404'))
  await clock.settle()
  await expect(transport.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
  expect(told).toEqual([{ kind: 'lost', detail: 'No connection: Error: 404.' }])
})
