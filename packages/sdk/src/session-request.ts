import { ParleyError, type SessionAnswer, type SessionRequest } from '@parley/protocol'
import { readErrorAnswer, readSessionAnswer } from '@parley/protocol/schemas'
import type { Clock } from './clock.js'
import { unavailable } from './errors.js'

/**
 * Opens or finds the visitor's conversation.
 * @throws ParleyError the gateway's own refusal, or `gateway.unavailable`
 */
export type OpenSession = (request: SessionRequest, signal: AbortSignal) => Promise<SessionAnswer>

/** An answer that takes longer does not come. */
const TIMEOUT_MS = 10_000

type Options = { readonly url: string; readonly clock: Clock }

/** `POST <url>/session`, without cookies: who the visitor is stands in the body. */
export const httpSession =
  ({ url, clock }: Options): OpenSession =>
  async (request, signal) => {
    const abort = new AbortController()
    const cancelTimer = clock.setTimer(TIMEOUT_MS, () => abort.abort())
    const onAbort = () => abort.abort()
    signal.addEventListener('abort', onAbort)
    try {
      const response = await fetch(`${url}/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
        credentials: 'omit',
        signal: abort.signal
      })
      return answerOf(response.ok, response.status, await response.text())
    } catch (reason) {
      throw ParleyError.is(reason) ? reason : unavailable(`${url} cannot be reached.`, reason)
    } finally {
      cancelTimer()
      signal.removeEventListener('abort', onAbort)
    }
  }

function answerOf(isOk: boolean, status: number, body: string): SessionAnswer {
  const json = parse(body)
  if (isOk) {
    const answer = readSessionAnswer(json)
    if (answer.ok) return answer.value
  } else {
    const refusal = readErrorAnswer(json)
    if (refusal.ok) throw ParleyError.fromWire(refusal.value.error)
  }
  // A proxy's page in between, most likely; it passes.
  throw unavailable(`POST /session was answered with status ${status} and not as a gateway does.`)
}

/** Not JSON reads as nothing, which no schema takes. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
