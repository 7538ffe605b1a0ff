import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type HttpBindings, RESPONSE_ALREADY_SENT } from '../oih/node-bindings.js'
import type { MessageFault } from './faults.js'
import { checkToken } from './jwt.js'
import { isRecord, readMessage } from './read-message.js'
import { keep, type State } from './state.js'
import type { CustomerMessage } from './read-message.js'

/** `POST /messages`: what customers' sides send. An empty 200 says that it was taken. */

const LIMIT_BYTES = 100 * 1024
/** Of a request that was given no answer. */
const NO_ANSWER = 0

export function messageRoutes(state: State, take: (message: CustomerMessage) => void): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const tooLarge = { maxSize: LIMIT_BYTES, onError: () => answer(413, `A body of at most ${LIMIT_BYTES} bytes is wanted.`) }
  app.post('/messages', bodyLimit(tooLarge), async (context) => {
    const body = readJson(await context.req.text())
    const connectionId = context.req.header('connection_id') ?? null
    const seen = (status: number): void => keep(state.requests, { status, connectionId, body })
    const fault = state.faults.takeMessageFault()
    if (fault?.kind === 'status') {
      seen(fault.status)
      return faulty(fault)
    }
    const refused = fault && !fault.isTaken ? null : receive(body, { connectionId, authorization: context.req.header('authorization') })
    if (fault) {
      seen(NO_ANSWER)
      if (fault.kind === 'hang') return new Promise<Response>(() => {})
      context.env.incoming.socket.destroy()
      return RESPONSE_ALREADY_SENT
    }
    seen(refused?.status ?? 200)
    return refused ?? answer(200)
  })

  /** @returns the answer when it is not taken */
  function receive(
    body: unknown,
    { connectionId, authorization }: { readonly connectionId: string | null; readonly authorization: string | undefined }
  ): Response | null {
    const { issuer, secret, clock } = state
    const verdict = checkToken(authorization, { issuer, secret, now: clock.now() })
    if (verdict !== 200) return answer(verdict, verdict === 401 ? 'A bearer token is wanted.' : 'The token does not hold.')
    if (connectionId !== issuer) return answer(403, 'connection_id is not the one that the token was issued for.')
    const read = readMessage(body)
    if (!read.ok) return answer(400, read.text)
    if (isRecord(body)) keep(state.received, body)
    take(read.message)
    return null
  }
  return app
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const answer = (status: number, message?: string): Response => (message === undefined ? new Response(null, { status }) : Response.json({ message }, { status }))

function faulty({ status, retryAfterS }: Extract<MessageFault, { readonly kind: 'status' }>): Response {
  return Response.json({ message: 'Broken on purpose.' }, { status, headers: retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) } })
}
