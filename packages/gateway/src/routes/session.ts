import type { Engine, Log } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import type { SessionAnswer } from '@parley/protocol'
import { readSessionRequest } from '@parley/protocol/schemas'
import { json, refusal } from '../http-answers.js'
import { isOriginAllowed } from '../origins.js'
import type { ReadIdentity } from '../identity-token.js'
import type { RateLimit } from '../rate-limit.js'
import { readBody } from '../read-body.js'
import type { Tokens } from '../tokens.js'

export type SessionRoute = {
  readonly engine: Engine
  readonly tokens: Tokens
  readonly identity: ReadIdentity
  readonly origins: ReadonlySet<string>
  readonly limit: RateLimit
  readonly log: Log
}

/** An inbox's name, a key of 43 characters, and an identity token of at most 4,096. */
const MOST_BYTES = 8_192
/** Chromium keeps a preflight for two hours at most. */
const PREFLIGHT_S = 7_200

/** What the page's browser must be told. Without an allowed origin: nothing, so it keeps the answer from the page. */
export function corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
  return { vary: 'Origin', ...(origin === undefined ? {} : { 'access-control-allow-origin': origin }) }
}

export const originRefused = (): Response =>
  refusal({ code: 'origin.refused', text: 'Pages of this origin are not allowed. Add it to "origins" in the gateway configuration.' }, { vary: 'Origin' })

export function sessionPreflight(request: Request, origins: ReadonlySet<string>): Response {
  const origin = request.headers.get('origin') ?? undefined
  if (!isOriginAllowed(origin, origins)) return originRefused()
  const allowed = { 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type', 'access-control-max-age': String(PREFLIGHT_S) }
  return new Response(null, { status: 204, headers: { ...corsHeaders(origin), ...allowed } })
}

/** `POST /session`: who the visitor is and a token for it. JSON, also as `text/plain`, which needs no preflight. */
export async function openSession(request: Request, address: string, route: SessionRoute): Promise<Response> {
  const origin = request.headers.get('origin') ?? undefined
  if (!isOriginAllowed(origin, route.origins)) return originRefused()
  const headers = corsHeaders(origin)
  const retryInMs = await route.limit.take(address)
  if (retryInMs > 0) return refusal({ code: 'append.busy', text: 'Too many sessions from this address.', retryInMs }, headers)
  const body = await readBody(request, MOST_BYTES)
  if (!body) return refusal({ code: 'frame.tooLarge', text: `A session request has at most ${MOST_BYTES} bytes.` }, headers)
  const asked = readSessionRequest(parseJson(body))
  if (!asked.ok) return refusal({ code: 'frame.malformed', text: asked.text }, headers)
  try {
    const { inbox, visitorKey = null, identity } = asked.value
    const person = identity === undefined ? null : await route.identity(identity)
    if (person && 'code' in person) return refusal(person, headers)
    const entered = await route.engine.enter(inbox, { visitorKey, person })
    if ('code' in entered) return refusal(entered, headers)
    const issued = await route.tokens.issue(entered.visitor, inbox)
    const answer: SessionAnswer = { ...issued, conversation: entered.conversation, ...(person ? { identified: true } : {}) }
    return json(answer, { headers })
  } catch (thrown) {
    route.log.error({ reason: reasonOf(thrown) }, 'a session could not be opened')
    return refusal({ code: 'gateway.unavailable', retryInMs: 1_000 }, headers)
  }
}

/** `undefined` for what is no JSON: the schema says so then. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown
  } catch {
    return undefined
  }
}
