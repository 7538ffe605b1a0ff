import { readErrorAnswer } from '@parley/protocol/schemas'
import { reasonOf } from './check.js'
import { CannotProve, type Options } from './options.js'
import type { Kind } from './report.js'

/**
 * What is at the address? A gateway says "ok" at /healthz and refuses a session without an inbox in the protocol's own
 * words; whatever else speaks HTTP is taken for a bot.
 * @throws CannotProve when nothing answers there
 */
export async function findKind({ url, timeoutMs }: Options): Promise<Kind> {
  const health = await ask(`${url}/healthz`, {}, timeoutMs)
  if (health === null) {
    // A bot may take only POST, and let everything else hang or break.
    await reach(url, timeoutMs)
    return 'bot'
  }
  const session = await ask(`${url}/session`, { method: 'POST', body: '{}' }, timeoutMs)
  return health.status === 200 && session !== null && isProtocols(session.text) ? 'gateway' : 'bot'
}

async function ask(url: string, init: RequestInit, timeoutMs: number): Promise<{ readonly status: number; readonly text: string } | null> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    return { status: response.status, text: (await response.text()).slice(0, 10_000) }
  } catch {
    return null
  }
}

/** @throws CannotProve when there is no connection */
export async function reach(url: string, timeoutMs: number): Promise<void> {
  try {
    const response = await fetch(url, { method: 'POST', body: '', redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    await response.body?.cancel()
  } catch (thrown) {
    // It took the connection; that it does not answer is what the checks will say.
    if (thrown instanceof Error && thrown.name === 'TimeoutError') return
    throw new CannotProve(`Nothing answers at ${url} (${reasonOf(thrown)}): start the bot or the gateway, or give the address that it really has.`)
  }
}

function isProtocols(text: string): boolean {
  try {
    return readErrorAnswer(JSON.parse(text)).ok
  } catch {
    return false
  }
}
