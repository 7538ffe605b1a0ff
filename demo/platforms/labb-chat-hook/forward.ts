import { createHmac } from 'node:crypto'
import type { PlatformClock } from '../oih/clock.js'

/** Brings what a client said to Pega. Nothing waits for anything: three messages at once are on their way at once. */

type ForwardParts = {
  readonly dmsUrl: string | undefined
  readonly issuer: string | undefined
  readonly secret: string | undefined
  readonly clock: PlatformClock
  readonly stopping: AbortSignal
}
/** @returns whether it was taken */
export type Forward = (message: Readonly<Record<string, unknown>>) => Promise<boolean>

const TOKEN_LIFE_S = 30

export function createForward({ dmsUrl, issuer, secret, clock, stopping }: ForwardParts): Forward {
  return async (message) => {
    if (!dmsUrl || !issuer || !secret) return false
    // These five and no more: what was chosen in a menu gets lost here.
    const { type, customer_id, customer_name, message_id, text } = message
    try {
      // No limit of time, as the original has none.
      const response = await fetch(dmsUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${signToken({ issuer, secret, nowMs: clock.now() })}`, connection_id: issuer },
        body: JSON.stringify({ type, customer_id, customer_name, message_id, text }),
        signal: stopping
      })
      await response.body?.cancel()
      return response.ok
    } catch {
      // Whatever went wrong, a client hears the same sentence.
      return false
    }
  }
}

function signToken({ issuer, secret, nowMs }: { readonly issuer: string; readonly secret: string; readonly nowMs: number }): string {
  const iat = Math.floor(nowMs / 1_000)
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: issuer, iat, exp: iat + TOKEN_LIFE_S })}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
