import type { ConnectorPort } from '@parley/engine'
import { withinTime } from '../within-time.js'
import { signDms } from './jwt.js'
import type { DmsOut } from './types.js'

/** `url` is the whole address that Pega shows for the connection: nothing is put behind it. `issuer` is the connection's id. */
export type DmsTarget = { readonly url: string; readonly issuer: string; readonly secret: string }

/** What became of one request. DMS documents no body of its answers: the status alone counts. */
export type DmsOutcome =
  | { readonly kind: 'taken' }
  /** It was not taken, and never will be as it stands. */
  | { readonly kind: 'refused'; readonly status: number }
  /** It may be sent again, under the same message id; not before `retryInMs` has passed, where they say so. */
  | { readonly kind: 'failed'; readonly status: number | null; readonly retryInMs?: number; readonly reason?: string }
  /** No answer came in time, so nobody knows. */
  | { readonly kind: 'unknown' }

const ANSWER_WITHIN_MS = 15_000
/** Longer nobody is made to wait, whatever they say. */
const LONGEST_RETRY_MS = 600_000

/** One request with a token of its own. Whatever the other side does is an outcome, nothing is thrown for it. */
export async function sendToDms({ fetch, clock }: Pick<ConnectorPort, 'fetch' | 'clock'>, target: DmsTarget, body: DmsOut): Promise<DmsOutcome> {
  const { url, issuer, secret } = target
  let [isLate, hasLeft] = [false, false]
  try {
    const answer = await withinTime(clock, ANSWER_WITHIN_MS, async (signal) => {
      signal.addEventListener('abort', () => (isLate = true))
      const token = await signDms({ issuer, secret, now: clock.now() })
      signal.throwIfAborted()
      hasLeft = true
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, connection_id: issuer }
      // A redirect is not followed: the token is for the configured address only.
      return fetch(url, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual', signal })
    })
    // Nobody reads it; left alone it would keep the connection.
    await answer.body?.cancel()
    return outcomeOf(answer, clock.now())
  } catch (thrown) {
    if (!hasLeft && !isLate) throw thrown
    return isLate && hasLeft ? { kind: 'unknown' } : { kind: 'failed', status: null, reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

function outcomeOf({ status, headers }: Response, now: number): DmsOutcome {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  if (status < 500 && status !== 429) return { kind: 'refused', status }
  const retryInMs = readRetryAfter(headers.get('retry-after'), now)
  return { kind: 'failed', status, ...(retryInMs === null ? {} : { retryInMs }) }
}

/** `Retry-After`, in seconds or as a date. */
function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_RETRY_MS)
}
