import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSeal, systemChance, systemClock } from './host.js'

describe('the seal', () => {
  const seal = createSeal('secret')
  test('signs the same alike, and everything else differently', () => {
    const signatures = [
      seal.sign('a', 'b'),
      seal.sign('a', 'c'),
      seal.sign('ab', ''),
      seal.sign('', 'ab'),
      seal.sign('1:a', ''),
      createSeal('other').sign('a', 'b')
    ]
    expect(new Set(signatures).size).toBe(signatures.length)
    expect(seal.sign('a', 'b')).toBe(signatures[0])
    expect(signatures.every((signature) => /^[A-Za-z0-9_-]{43}$/.test(signature))).toBe(true)
  })

  test('compares texts of any length', () => {
    expect([seal.equal('abc', 'abc'), seal.equal('abc', 'abd'), seal.equal('abc', 'abcd'), seal.equal('', '')]).toEqual([true, false, false, true])
  })

  test('digests without a key', () => {
    expect(seal.digest('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  })
})

describe('the clock', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('fires once, and not when it was cancelled', () => {
    const fired: string[] = []
    systemClock.setTimer(10, () => fired.push('one'))
    systemClock.setTimer(10, () => fired.push('two'))()
    vi.advanceTimersByTime(50)
    expect(fired).toEqual(['one'])
  })

  test('waits longer than a timer of Node can', () => {
    const fired: number[] = []
    const days = 60 * 86_400_000
    systemClock.setTimer(days, () => fired.push(Date.now()))
    const cancelled = systemClock.setTimer(days, () => fired.push(-1))
    const start = Date.now()
    vi.advanceTimersByTime(days - 1)
    expect(fired).toEqual([])
    cancelled()
    vi.advanceTimersByTime(days)
    expect(fired).toEqual([start + days])
  })
})

test('chance gives as many bytes as were asked for, each time others', () => {
  expect([systemChance.bytes(16).length, systemChance.bytes(0).length]).toEqual([16, 0])
  expect(systemChance.bytes(16)).not.toEqual(systemChance.bytes(16))
})
