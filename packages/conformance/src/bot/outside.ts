import { signWebhook } from '@parley/connectors/webhook'
import { ask, type Reply } from '@parley/connectors/webhook-wire'
import { freshId } from '../chance.js'
import { reasonOf } from '../check.js'
import type { Options } from '../options.js'

/** The ways to the bot. */
export interface Outside {
  readonly callbackUrl: string | null
  readonly timeoutMs: number
  /** The secret that both sides know; `null` where nothing is signed. */
  readonly secret: string | null
  /** One request, exactly as the connector makes it. */
  ask(id: string, body: string): Promise<Reply>
  /** A request for the manifest, exactly as the connector makes it. */
  askManifest(url: string): Promise<Reply>
  /** Any body with any headers. @returns the status, or in words why there is none */
  post(body: string, headers: Readonly<Record<string, string>>): Promise<Answered>
  /** The headers of a body that is signed as it must be, now, unless told otherwise. */
  headersFor(
    body: string,
    over?: { readonly id?: string; readonly now?: number; readonly secrets?: readonly string[] }
  ): Promise<Readonly<Record<string, string>>>
}
export type Answered = { readonly status: number } | { readonly status: null; readonly why: string }

const clock = {
  now: () => Date.now(),
  setTimer(ms: number, run: () => void) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  defer: (run: () => void) => setImmediate(run)
}
const port = { clock, fetch: (url: string, init?: RequestInit) => fetch(url, init) }

export function createOutside({ url, timeoutMs, bot }: Options, callbackUrl: string | null): Outside {
  const secrets = bot.secret === null ? [] : [bot.secret]
  const config = { secrets, timeoutMs }
  return {
    callbackUrl,
    timeoutMs,
    secret: bot.secret,
    ask: (id, body) => ask(port, config, { method: 'POST', url, id, body }),
    askManifest: (manifestUrl) => ask(port, config, { method: 'GET', url: manifestUrl, id: `manifest_${freshId()}`, body: '' }),
    async post(body, headers) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs)
        })
        await response.body?.cancel()
        return { status: response.status }
      } catch (thrown) {
        return { status: null, why: reasonOf(thrown) }
      }
    },
    async headersFor(body, over = {}) {
      const { id = `msg_${freshId()}`, now = Date.now(), secrets: keys = secrets } = over
      if (keys.length > 0) return { ...(await signWebhook(keys, { id, now, body })) }
      return { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now / 1_000)) }
    }
  }
}
