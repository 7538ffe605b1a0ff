import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyWebhook } from '@parley/connectors/webhook'
import { type BotCallback, readCallback } from '@parley/connectors/webhook-wire'
import { type BotOptions, CannotProve } from '../options.js'
import { reasonOf } from '../check.js'

/** One call of the bot's own. `fault`: why a gateway would not take it. */
export type Call = {
  readonly id: string
  readonly callback: BotCallback | null
  readonly fault: { readonly in: 'signature' | 'body'; readonly text: string } | null
}

/** Where the bot calls when it answers later; it judges as the connector does, and keeps what came. */
export interface CallbackServer {
  readonly url: string
  readonly calls: readonly Call[]
  /** The first call for this conversation that is there or comes in time; `null` when none does. A call that nobody can read counts for every conversation. */
  next(conversation: string, timeoutMs: number): Promise<Call | null>
  close(): Promise<void>
}

const PATH = '/hooks/conformance/callback'
const MOST_BYTES = 1_048_576

export async function openCallbackServer({ callback, secret }: BotOptions): Promise<CallbackServer> {
  const calls: Call[] = []
  const watchers = new Set<() => void>()
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.method !== 'POST' || request.url !== new URL(url).pathname) return answer(404, { error: 'There is nothing at this address.' })
    take(request, secret).then(
      (call) => {
        calls.push(call)
        for (const look of watchers) look()
        answer(call.fault === null ? 200 : call.fault.in === 'signature' ? 401 : 400, call.fault === null ? { ok: true } : { error: call.fault.text })
      },
      (thrown: unknown) => answer(400, { error: reasonOf(thrown) })
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (thrown) => reject(new CannotProve(`--callback-host and --callback-port: cannot listen there: ${reasonOf(thrown)}.`)))
    server.listen(callback.port, callback.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const url = callback.url ?? `http://${callback.host.includes(':') ? `[${callback.host}]` : callback.host}:${port}${PATH}`

  return {
    url,
    calls,
    next(conversation, timeoutMs) {
      const find = (): Call | undefined => calls.find(({ callback: said }) => said === null || said.conversation === conversation)
      return new Promise((resolve) => {
        const finish = (call: Call | null): void => {
          clearTimeout(timer)
          watchers.delete(look)
          resolve(call)
        }
        const look = (): void => {
          const call = find()
          if (call) finish(call)
        }
        const timer = setTimeout(() => finish(null), timeoutMs)
        watchers.add(look)
        look()
      })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

async function take(request: IncomingMessage, secret: string | null): Promise<Call> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > MOST_BYTES) throw new Error(`a body of at most ${MOST_BYTES} bytes is wanted`)
    pieces.push(piece)
  }
  const body = Buffer.concat(pieces)
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const verified = await verifyWebhook(secret === null ? [] : [secret], { headers, body, now: Date.now() })
  const id = headers['webhook-id'] ?? ''
  const read = readBody(body)
  const callback = read.ok ? read.value : null
  if (!verified.ok) return { id, callback, fault: { in: 'signature', text: verified.text } }
  return { id, callback, fault: read.ok ? null : { in: 'body', text: read.text } }
}

function readBody(body: Buffer): ReturnType<typeof readCallback> {
  try {
    return readCallback(JSON.parse(body.toString()))
  } catch {
    return { ok: false, text: 'The body must be JSON.' }
  }
}
