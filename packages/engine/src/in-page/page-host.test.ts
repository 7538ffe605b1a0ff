import { afterEach, expect, test, vi } from 'vitest'
import { createManualClock } from '../testing/manual-clock.js'
import { pageFetch } from './page-host.js'

afterEach(() => vi.unstubAllGlobals())

/** A network that never answers, and what it was asked. */
function silentNetwork() {
  const asked: (RequestInit & { readonly url: string })[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ ...init, url })
    return new Promise((_resolve, reject) => {
      if (init.signal?.aborted) reject(init.signal.reason)
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })
  })
  return asked
}
const reasonOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((reason: unknown) => reason)

test('the page’s fetch takes no cookies along, follows nothing, and gives up after 15 seconds or when its caller does', async () => {
  const asked = silentNetwork()
  const clock = createManualClock()
  const fetch = pageFetch(clock)
  const given = new AbortController()
  const answers = Promise.all([
    reasonOf(fetch('https://bot.test/', { method: 'POST', credentials: 'include' })),
    reasonOf(fetch('https://bot.test/', { signal: given.signal })),
    reasonOf(fetch('https://bot.test/', { signal: AbortSignal.abort('before') }))
  ])
  given.abort('given up')
  await clock.advance(15_000)
  expect(asked[0]).toEqual({ url: 'https://bot.test/', method: 'POST', credentials: 'omit', redirect: 'manual', signal: expect.any(AbortSignal) })
  expect(await answers).toEqual([expect.objectContaining({ name: 'TimeoutError' }), 'given up', 'before'])
})
