import { type ClientHost, ParleyError } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { countingBytes, scriptedConnector } from '../testing/harness.js'
import { createManualClock, type ManualClock } from '../testing/manual-clock.js'
import { openClient, sessionOf } from '../testing/page-client.js'
import { inPage } from './index.js'
import type { PageLocks } from './place.js'

/** A browser's locks: one holder for each name, the others wait in a row. */
function fakeLocks(): PageLocks {
  const rows = new Map<string, (() => void)[]>()
  const request = async (name: string, options: LockOptions, work: (lock: Lock | null) => unknown): Promise<unknown> => {
    const row = rows.get(name)
    if (row && options.ifAvailable) return work(null)
    if (row)
      await new Promise<void>((resolve, reject) => {
        row.push(resolve)
        options.signal?.addEventListener('abort', () => {
          row.splice(row.indexOf(resolve), 1)
          reject(new DOMException('Given up.', 'AbortError'))
        })
      })
    else rows.set(name, [])
    try {
      return await work({ name, mode: 'exclusive' })
    } finally {
      const next = rows.get(name)?.shift()
      if (next) next()
      else rows.delete(name)
    }
  }
  return { request } as unknown as PageLocks
}

function openTab(clock: ManualClock, lock: PageLocks | null, name?: string) {
  const host = inPage({ connector: scriptedConnector(), clock, lock, random: { bytes: countingBytes() }, ...(name === undefined ? {} : { name }) })
  /** What comes of it within the three seconds that a first call waits. */
  async function ask(): Promise<unknown> {
    const asked = asking(host)
    await clock.advance(3_000)
    return asked.value
  }
  return { host, ask }
}

const asking = (host: ClientHost): { value: unknown } =>
  watch(
    sessionOf(host).then(
      () => 'mine',
      (reason: unknown) => (ParleyError.is(reason) ? reason.code : reason)
    )
  )

/** What came of a promise by now. */
function watch(promise: Promise<unknown>): { value: unknown } {
  const seen = { value: 'waiting' as unknown }
  const settle = (value: unknown): void => {
    seen.value = value
  }
  promise.then(settle, settle)
  return seen
}

describe('of several tabs', () => {
  test('one hosts, the others are soon told, and the next takes over by itself when it goes', async () => {
    const [clock, lock] = [createManualClock(), fakeLocks()]
    const [one, two] = [openTab(clock, lock), openTab(clock, lock)]
    expect([await one.ask(), await one.ask(), await two.ask()]).toEqual(['mine', 'mine', 'host.elsewhere'])
    const waiting = asking(two.host)
    await clock.advance(1_000)
    expect(waiting.value).toBe('waiting')
    one.host.close()
    await clock.advance(0)
    expect(waiting.value).toBe('mine')
    const client = openClient(two.host, await sessionOf(two.host))
    await clock.advance(0)
    expect(client.heard).toEqual(['welcome', 'events'])
  })

  test('one that waits hears again and again that it does, each time later', async () => {
    const [clock, lock] = [createManualClock(), fakeLocks()]
    const [one, two] = [openTab(clock, lock), openTab(clock, lock)]
    expect([await one.ask(), await two.ask()]).toEqual(['mine', 'host.elsewhere'])
    const waits: number[] = []
    for (let round = 0; round < 6; round++) {
      const waiting = asking(two.host)
      const begun = clock.now()
      while (waiting.value === 'waiting') await clock.advance(1_000)
      waits.push(clock.now() - begun)
      expect(waiting.value).toBe('host.elsewhere')
    }
    expect(waits).toEqual([4_000, 8_000, 12_000, 16_000, 18_000, 18_000])
  })

  test('one that is closed while it waits is passed over', async () => {
    const [clock, lock] = [createManualClock(), fakeLocks()]
    const [one, two, three] = [openTab(clock, lock), openTab(clock, lock), openTab(clock, lock)]
    expect([await one.ask(), await two.ask(), await three.ask()]).toEqual(['mine', 'host.elsewhere', 'host.elsewhere'])
    two.host.close()
    await clock.advance(0)
    one.host.close()
    await clock.advance(0)
    expect([await two.ask(), await three.ask()]).toEqual(['client.closed', 'mine'])
  })

  test('none is in the way of the next one of its own page, which waits for it to be closed', async () => {
    const [clock, lock] = [createManualClock(), fakeLocks()]
    const one = openTab(clock, lock)
    expect(await one.ask()).toBe('mine')
    one.host.close()
    expect(await openTab(clock, lock).ask()).toBe('mine')
  })

  test('those of other names, and those of pages without locks or without a right to them, host side by side', async () => {
    const [clock, lock] = [createManualClock(), fakeLocks()]
    const forbidden = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) } as unknown as PageLocks
    const tabs = [openTab(clock, lock), openTab(clock, lock, 'other'), openTab(clock, null), openTab(clock, forbidden), openTab(clock, forbidden)]
    const asked = [...tabs, ...tabs].map(({ ask }) => ask())
    expect(await Promise.all(asked)).toEqual(Array(10).fill('mine'))
  })
})
