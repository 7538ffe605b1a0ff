import { type AuditRecord, type Clock, type Fetch, reasonOf } from '@parley/engine'
import { envelopeOf, type Naming } from './envelope.js'
import { away, type Obstacle, type Outlet, type Sent } from './outlet.js'

export type HttpOutletOptions = Naming & {
  readonly url: string
  /** Sent as `Authorization: Bearer …`. */
  readonly token: string | null
  readonly fetch: Fetch
  readonly clock: Pick<Clock, 'now'>
  close(): Promise<void>
}

/** These speak of what was sent. Everything else that is not 2xx speaks of the receiver, the address or the token, which may change. */
const OF_CONTENT: ReadonlySet<number> = new Set([400, 406, 409, 411, 413, 415, 422, 431])
const LONGEST_WAIT_MS = 300_000

/** Posts a batch as one JSON array of envelopes. */
export function createHttpOutlet({ url, token, fetch, clock, close, ...naming }: HttpOutletOptions): Outlet {
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) }

  async function post(batch: readonly AuditRecord[]): Promise<Obstacle | null> {
    const body = JSON.stringify(batch.map((record) => envelopeOf(record, naming)))
    try {
      const answer = await fetch(url, { method: 'POST', headers, body })
      // Read to its end, so that the line can be used again. What it says, or that it breaks off, changes nothing.
      await answer.arrayBuffer().catch(() => {})
      return obstacleIn(answer, clock.now())
    } catch (thrown) {
      return away(inFull(thrown))
    }
  }

  return {
    async send(batch): Promise<Sent> {
      const obstacle = await post(batch)
      return { taken: obstacle ? [] : batch.map(({ id }) => id), obstacle }
    },
    close
  }
}

function obstacleIn({ status, headers }: Response, now: number): Obstacle | null {
  if (status >= 200 && status < 300) return null
  const reason = `status ${status}`
  return OF_CONTENT.has(status) ? { kind: 'refused', reason } : away(reason, waitIn(headers.get('retry-after'), now))
}

/** Seconds, or a date. Source: RFC 9110, 10.2.3. */
function waitIn(retryAfter: string | null, now: number): number | undefined {
  if (retryAfter === null) return undefined
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT_MS, Math.max(0, ms)) : undefined
}

/** "fetch failed" says nothing; what lies beneath does. */
const inFull = (thrown: unknown): string =>
  thrown instanceof Error && thrown.cause !== undefined ? `${thrown.message}: ${reasonOf(thrown.cause)}` : reasonOf(thrown)
