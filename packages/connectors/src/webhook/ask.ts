import type { ConnectorPort } from '@parley/engine'
import { withinTime } from '../within-time.js'
import type { WebhookConfig } from './config.js'
import { signWebhook } from './signature.js'

/** What came back of one request. */
export type Reply =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Pick<Headers, 'get'>; readonly text: string }
  /** Cut off, because it is more than anybody has to say. */
  | { readonly kind: 'tooLarge'; readonly status: number }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'unreachable' }

/** Half of what the gateway's own `fetch` lets through, so that it is always told here, in one way. */
export const ANSWER_BYTES = 524_288

type Signing = Pick<WebhookConfig, 'secrets' | 'timeoutMs'>
type Asked = { readonly method: 'POST' | 'GET'; readonly url: string; readonly id: string; readonly body: string }

/** One signed request with its whole answer, within the time that the configuration gives. Never followed elsewhere. */
export async function ask(port: Pick<ConnectorPort, 'fetch' | 'clock'>, config: Signing, asked: Asked): Promise<Reply> {
  let isOver = false
  try {
    return await withinTime(port.clock, config.timeoutMs, async (signal) => {
      signal.addEventListener('abort', () => void (isOver = true))
      const headers = await headersOf(config, asked, port.clock.now())
      signal.throwIfAborted()
      const { method, url, body } = asked
      const response = await port.fetch(url, { method, headers, ...(method === 'POST' ? { body } : {}), redirect: 'manual', signal })
      const text = await readText(response)
      return text === null ? { kind: 'tooLarge', status: response.status } : { kind: 'answered', status: response.status, headers: response.headers, text }
    })
  } catch {
    // Why a connection failed, an operator learns from the kind and the address; the reason may hold parts of either.
    return { kind: isOver ? 'timedOut' : 'unreachable' }
  }
}

async function headersOf({ secrets }: Signing, { method, id, body }: Asked, now: number): Promise<Record<string, string>> {
  const signed = secrets.length > 0 ? await signWebhook(secrets, { id, now, body }) : { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now / 1_000)) }
  return { accept: 'application/json', ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...signed }
}

/** @returns `null` when it is too large; the rest is not waited for */
async function readText(response: Response): Promise<string | null> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    bytes += piece.value.byteLength
    if (bytes > ANSWER_BYTES) {
      // What becomes of the rest is of no interest, but it must not become an unhandled rejection.
      reader.cancel().catch(() => {})
      return null
    }
    text += decoder.decode(piece.value, { stream: true })
  }
  return text + decoder.decode()
}
