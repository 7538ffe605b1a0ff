import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { clientAddress } from './client-address.js'
import { createRateLimit, createTally } from './rate-limit.js'
import { createReadiness } from './readiness.js'
import { createListLog } from './testing/open-doors.js'

const request = (remoteAddress: string, forwarded?: string): Pick<IncomingMessage, 'headers' | 'socket'> =>
  ({ headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, socket: { remoteAddress } }) as unknown as IncomingMessage

describe('whom a limit counts against', () => {
  test.each([
    ['203.0.113.9', undefined, false, '203.0.113.9'],
    ['::ffff:203.0.113.9', undefined, false, '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', undefined, false, '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', undefined, false, '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::7', undefined, false, '2001:db8:1:2::/64'],
    ['::1', undefined, false, '0:0:0:0::/64'],
    ['fe80::1%eth0', undefined, false, 'fe80:0:0:0::/64'],
    ['10.0.0.1', '203.0.113.9', false, '10.0.0.1'],
    ['10.0.0.1', '203.0.113.9', true, '203.0.113.9'],
    ['10.0.0.1', '1.1.1.1, 203.0.113.9', true, '203.0.113.9'],
    ['10.0.0.1', 'unknown', true, '10.0.0.1'],
    ['10.0.0.1', '', true, '10.0.0.1'],
    ['10.0.0.1', undefined, true, '10.0.0.1']
  ])('%s with %j behind a trusted proxy (%j) is %s', (remote, forwarded, trustProxy, address) => {
    expect(clientAddress(request(remote, forwarded), trustProxy)).toBe(address)
  })
})

describe('limits', () => {
  test('a rate lets through so many and says how long to wait, for each address by itself', async () => {
    const limit = createRateLimit(2)
    const taken = [await limit.take('a'), await limit.take('a'), await limit.take('b')]
    const wait = await limit.take('a')
    expect([taken, wait > 0 && wait <= 60_000]).toEqual([[0, 0, 0], true])
  })

  test('a tally is full at its number, and not any more when one goes', () => {
    const tally = createTally(2)
    tally.add('a')
    tally.add('a')
    expect([tally.isFull('a'), tally.isFull('b')]).toEqual([true, false])
    tally.remove('a')
    expect(tally.isFull('a')).toBe(false)
  })
})

describe('readiness', () => {
  test('asks the disk, but not for everybody who asks', async () => {
    let now = 0
    let checks = 0
    let serving = false
    const log = createListLog()
    const check = async (): Promise<void> => {
      if (++checks === 2) throw new Error('read-only')
    }
    const ready = createReadiness({ clock: { now: () => now, setTimer: () => () => {}, defer: () => {} }, check, isServing: () => serving, log })
    const answers = [await ready()]
    serving = true
    answers.push(await ready(), await ready())
    now = 2_001
    answers.push(await ready(), await ready())
    now = 4_002
    answers.push(await ready())
    expect([answers, checks]).toEqual([['starting or draining', null, null, 'the store does not write', 'the store does not write', null], 3])
    expect(log.lines).toEqual([{ level: 'error', fields: { reason: 'read-only' }, text: 'the store does not write' }])
  })
})
