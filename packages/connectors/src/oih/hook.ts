import * as v from 'valibot'
import type { ConnectorPort } from '@parley/engine'
import type { HookFault } from './errors.js'
import { neverConnected } from './errors.js'
import type { HookCall } from './outbound.js'
import type { PlatformToken, TokenState } from './platform/token.js'
import { hookAccepted, hookRefused } from './types.js'
import { withinTime } from '../within-time.js'

export type HookOutcome = { readonly kind: 'accepted' } | HookFault

/**
 * Calls one hook. It is called a second time only where the platform said that it did not take the
 * token: then nothing was run.
 */
export async function callHook(port: ConnectorPort, call: HookCall, platformToken: PlatformToken, first: TokenState, timeoutMs: number): Promise<HookOutcome> {
  const outcome = await callOnce(port, call, first, timeoutMs)
  if (first.kind !== 'token' || !isTokenRefused(outcome)) return outcome
  const renewed = await platformToken.renew()
  return renewed.kind === 'token' ? callOnce(port, call, renewed, timeoutMs) : outcome
}

/** The platform says 403 with a body of its own where a token has ended (never 401, but what stands before it may). */
const isTokenRefused = (outcome: HookOutcome): boolean => outcome.kind === 'status' && (outcome.status === 401 || (outcome.status === 403 && outcome.isTheirs))

async function callOnce(port: ConnectorPort, { method, url, body, headers: own }: HookCall, state: TokenState, timeoutMs: number): Promise<HookOutcome> {
  const headers = {
    ...own,
    ...(state.kind === 'token' ? { authorization: `Bearer ${state.token}` } : {})
  }
  try {
    return await withinTime(port.clock, timeoutMs, async (signal) => {
      // A redirect is not followed: the token is for the configured address only.
      const response = await port.fetch(url, { method, headers, ...(body === null ? {} : { body }), redirect: 'manual', signal })
      return outcomeOf(response.status, await response.text())
    })
  } catch (thrown) {
    return { kind: neverConnected(thrown) ? 'unreachable' : 'noAnswer' }
  }
}

/** What an answer means. Only a 2xx in the platform's own shape says that the call was taken. */
function outcomeOf(status: number, text: string): HookOutcome {
  const answer = readJson(text)
  if (status >= 200 && status < 300) return v.is(hookAccepted, answer) ? { kind: 'accepted' } : { kind: 'notTheirs' }
  return { kind: 'status', status, isTheirs: v.is(hookRefused, answer) }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
