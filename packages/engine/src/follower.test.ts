import type { ConversationId, ParleyEvent, ServerFrame } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createAudience } from './audience.js'
import { createFollower } from './follower.js'
import type { Line } from './line.js'
import type { Store } from './store.js'
import { idOf } from './testing/harness.js'

const conversation = idOf<ConversationId>('conversation')
const event = (seq: number): ParleyEvent => ({ seq }) as ParleyEvent
const published = (seq: number) => ({ conversation, log: 'public' as const, events: [event(seq)] })
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A line that is full when told so, a log with pages of two, and what was sent. */
function open() {
  const frames: ServerFrame[] = []
  const waiters: (() => void)[] = []
  let isFull = false
  const line: Line = {
    send: (frame) => frames.push(frame),
    isFull: () => isFull,
    drained: () => (isFull ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve()),
    close: () => {}
  }
  let reads = 0
  const store = {
    epoch: 'epoch',
    async read({ from, to }: { readonly from: number; readonly to: number }) {
      reads++
      return Array.from({ length: Math.min(2, to - from + 1) }, (_, index) => event(from + index))
    }
  } as unknown as Store
  return {
    line,
    frames,
    follower: createFollower(line, store, { conversation, log: 'public', sentTo: 0 }),
    reads: () => reads,
    fill: () => {
      isFull = true
    },
    drain() {
      isFull = false
      for (const settle of waiters.splice(0)) settle()
    },
    sent: () => frames.flatMap((frame) => (frame.name === 'events' ? [frame.payload.events.map(({ seq }) => seq)] : []))
  }
}

test('rule 10: nothing is sent to a full line nor read for it; it gets what it missed, in order, when it has room', async () => {
  const { follower, sent, reads, fill, drain } = open()
  follower.offer(published(1))
  fill()
  for (const seq of [2, 3, 4]) follower.offer(published(seq))
  await settled()
  expect([sent(), reads()]).toEqual([[[1]], 0])
  drain()
  await settled()
  expect(sent()).toEqual([[1], [2, 3], [4]])
  follower.offer(published(5))
  expect(sent().at(-1)).toEqual([5])
})

test('rule 10: a catch-up waits for room between its pages', async () => {
  const { follower, line, sent, fill, drain } = open()
  const send = line.send
  Object.assign(line, {
    send(frame: ServerFrame) {
      send(frame)
      fill()
    }
  })
  const caughtUp = follower.catchUp(5)
  const pages: number[] = []
  for (let page = 0; page < 3; page++) {
    await settled()
    pages.push(sent().length)
    drain()
  }
  await caughtUp
  expect([pages, sent()]).toEqual([
    [1, 2, 3],
    [[1, 2], [3, 4], [5]]
  ])
})

test('a follower that is stopped while its line is full sends nothing more', async () => {
  const { follower, sent, reads, fill, drain } = open()
  fill()
  const caughtUp = follower.catchUp(3)
  follower.stop()
  drain()
  await caughtUp
  expect([sent(), reads()]).toEqual([[], 0])
})

test('a signal is lost on a full line and heard on the others', () => {
  const [slow, quick] = [open(), open()]
  const audience = createAudience()
  for (const { line, follower } of [slow, quick]) audience.join(conversation, { line, log: 'public', follower, onPublished: () => {} })
  slow.fill()
  audience.signal(conversation, { kind: 'typing', by: idOf('anna'), forMs: 1_000 })
  expect([slow.frames.length, quick.frames.map((frame) => frame.name)]).toEqual([0, ['signal']])
})
