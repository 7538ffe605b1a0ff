import { describe, expect, test } from 'vitest'
import { createAllowances } from './allowances.js'

/** Allowances of 10 a second and 4 at once, under a clock that is pushed. */
function open() {
  let now = 1_000_000
  const allowances = createAllowances({ perSecond: 10, burst: 4 }, { now: () => now })
  return {
    allowances,
    push: (ms: number) => {
      now += ms
    }
  }
}

describe('an allowance', () => {
  test('is exact at its edges: the burst passes, the next one waits for a token', () => {
    const { allowances, push } = open()
    const one = allowances.join('anna')
    expect([1, 2, 3, 4, 5].map(() => one.take())).toEqual([0, 0, 0, 0, 100])
    push(50)
    expect(one.take()).toBe(50)
    push(49)
    expect(one.take()).toBeGreaterThan(0)
    push(1)
    expect([one.take(), one.take()]).toEqual([0, 100])
  })

  test('is shared by all who hold the same key, and by nobody else', () => {
    const { allowances } = open()
    const [one, two, other] = [allowances.join('anna'), allowances.join('anna'), allowances.join('berta')]
    expect([one.take(), two.take(), one.take(), two.take(), one.take(), two.take(), other.take()]).toEqual([0, 0, 0, 0, 100, 100, 0])
  })

  test('is not had anew by leaving and coming back, however often', () => {
    const { allowances, push } = open()
    let passed = 0
    for (let round = 0; round < 20; round++) {
      const one = allowances.join('anna')
      for (let asked = 0; asked < 4; asked++) if (one.take() === 0) passed++
      one.leave()
      one.leave()
      push(50)
    }
    // 4 at once and 10 a second over 0.95 seconds.
    expect(passed).toBe(13)
  })

  test('is forgotten when it is full again, and not while somebody holds it', () => {
    const { allowances, push } = open()
    const [anna, berta] = [allowances.join('anna'), allowances.join('berta')]
    anna.leave()
    push(399)
    allowances.join('c').leave()
    expect(allowances.count()).toBe(3)
    push(1)
    allowances.join('d')
    expect(allowances.count()).toBe(3)
    push(10_000)
    allowances.join('e')
    expect([allowances.count(), berta.take()]).toEqual([3, 0])
  })

  test('gains nothing by a clock that goes back, with or without leaving', () => {
    const { allowances, push } = open()
    const one = allowances.join('anna')
    for (let asked = 0; asked < 4; asked++) one.take()
    push(-3_600_000)
    expect(one.take()).toBe(100)
    one.leave()
    push(-3_600_000)
    expect(allowances.join('anna').take()).toBe(100)
  })
})
