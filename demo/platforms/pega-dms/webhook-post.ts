import { signToken } from './jwt.js'
import type { State, WireBody } from './state.js'

/** One request to the webhook. */

/** A webhook answers at once; whoever needs longer than this is taken for out of reach. */
const TIME_OUT_MS = 10_000

/** @returns the status; `null` when the other side could not be reached or did not answer in time */
export async function postWebhook(state: State, body: WireBody, stopping: AbortSignal): Promise<number | null> {
  if (state.webhookUrl === null) return null
  const { issuer, secret, clock } = state
  const late = new AbortController()
  const cancelTimer = clock.setTimer(TIME_OUT_MS, () => late.abort())
  try {
    const response = await fetch(state.webhookUrl, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        ...(state.isSigning ? { authorization: `Bearer ${signToken({ issuer, secret, now: clock.now() })}` } : {})
      },
      body: JSON.stringify(body),
      signal: AbortSignal.any([late.signal, stopping])
    })
    await response.body?.cancel()
    return response.status
  } catch {
    // Refused, cut or too late: to a caller they are one.
    return null
  } finally {
    cancelTimer()
  }
}
