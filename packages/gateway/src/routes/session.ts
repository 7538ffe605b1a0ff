import type { Engine, Log } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import type { SessionAnswer } from '@parley/protocol'
import { readSessionRequest } from '@parley/protocol/schemas'
import { json, refusal } from '../http-answers.js'
import { isOriginAllowed } from '../origins.js'
import type { RateLimit } from '../rate-limit.js'
import { readBody } from '../read-body.js'
import type { Tokens } from '../tokens.js'

export type SessionRoute = {
  readonly engine: Engine
  readonly tokens: Tokens
  readonly origins: ReadonlySet<string>
  readonly limit: RateLimit
  readonly log: Log
}

/** An inbox's name and a key of 43 characters: a kilobyte is plenty, four leave room for what comes. */
const MOST_BYTES = 4_096
/** Chromium keeps a preflight for two hours at most. */
const PREFLIGHT_S = 7_200

/** What the page's browser must be told. Without an allowed origin: nothing, so it keeps the answer from the page. */
function corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
  return { vary: 'Origin', ...(origin === undefined ? {} : { 'access-control-allow-origin': origin }) }
}

const originRefused = (): Response =>
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
    const entered = await route.engine.enter(asked.value.inbox, asked.value.visitorKey ?? null)
    if ('code' in entered) return refusal(entered, headers)
    const answer: SessionAnswer = { ...(await route.tokens.issue(entered.visitor, asked.value.inbox)), conversation: entered.conversation }
    return json(answer, { headers })
  } catch (thrown) {
    route.log.error({ reason: reasonOf(thrown) }, 'a session could not be opened')
    return refusal({ code: 'gateway.unavailable', retryInMs: 1_000 }, headers)
  }
}

/** `undefined` for what is no JSON: the schema says so then. */
function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown
  } catch {
    return undefined
  }
}
