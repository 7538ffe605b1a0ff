import { expect, test } from 'vitest'
import { type Bucket, takeToken } from './token-bucket.js'

const size = { perSecond: 20, burst: 40 }

function takeMany(count: number, start: Bucket, now: number): { taken: number; bucket: Bucket; retryInMs: number } {
  let bucket = start
  for (let taken = 0; taken < count; taken++) {
    const result = takeToken(bucket, size, now)
    bucket = result.bucket
    if (result.retryInMs > 0) return { taken, bucket, retryInMs: result.retryInMs }
  }
  return { taken: count, bucket, retryInMs: 0 }
}

test('a burst of 40 passes and the 41st waits for the next token', () => {
  const result = takeMany(41, { tokens: 40, at: 0 }, 0)
  expect([result.taken, result.retryInMs]).toEqual([40, 50])
})

test('after one second 20 more pass', () => {
  const { bucket } = takeMany(40, { tokens: 40, at: 0 }, 0)
  expect(takeMany(30, bucket, 1_000).taken).toBe(20)
})

test('a clock that goes back adds nothing and takes nothing away', () => {
  const { bucket } = takeMany(40, { tokens: 40, at: 5_000 }, 5_000)
  expect(takeMany(1, bucket, 0).taken).toBe(0)
})
