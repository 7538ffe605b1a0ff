import type { Engine, Identified, Log } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import type { SessionAnswer, SessionRequest, WireError } from '@parley/protocol'
import { readSessionRequest } from '@parley/protocol/schemas'
import { json, refusal } from '../http-answers.js'
import type { IdentityRefusals } from '../audit/identity-refusals.js'
import { isOriginAllowed } from '../origins.js'
import type { IdentityTokens } from '../identity-token.js'
import type { RateLimit } from '../rate-limit.js'
import { readBody } from '../read-body.js'
import type { Tokens } from '../tokens.js'

export type SessionRoute = {
  readonly engine: Engine
  readonly tokens: Tokens
  readonly identities: IdentityTokens | null
  readonly origins: ReadonlySet<string>
  readonly limit: RateLimit
  readonly refusals: Pick<IdentityRefusals, 'note'>
  readonly log: Log
}

/** An inbox's name, a key of 43 characters, and an identity token of at most 4,096. */
const MOST_BYTES = 8_192
/** A token of an identified visitor ends with the identity, but lives long enough to be of use. */
const LEAST_LIFE_S = 60
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
    const answer = await answerTo(asked.value, route)
    if ('code' in answer && isOfIdentity(asked.value, answer)) await route.refusals.note(asked.value.inbox, answer.code)
    return 'code' in answer ? refusal(answer, headers) : json(answer, { headers })
  } catch (thrown) {
    route.log.error({ reason: reasonOf(thrown) }, 'a session could not be opened')
    return refusal({ code: 'gateway.unavailable', retryInMs: 1_000 }, headers)
  }
}

const isOfIdentity = ({ identity }: SessionRequest, { code }: WireError): boolean => identity !== undefined && code.startsWith('identity.')

async function answerTo({ inbox, visitorKey, identity }: SessionRequest, route: SessionRoute): Promise<SessionAnswer | WireError> {
  const { engine, tokens } = route
  const person = identity === undefined ? null : await readIdentity(inbox, identity, route)
  if (person && 'code' in person) return person
  const entered = await engine.enter(inbox, { visitorKey: visitorKey ?? null, person })
  if ('code' in entered) return entered
  const { visitor, conversation } = entered
  if (!person) return { ...(await tokens.issue(visitor, inbox)), conversation }
  const { roles = [], expiresInS } = person
  return { ...(await tokens.issue(visitor, inbox, { lifeS: Math.max(LEAST_LIFE_S, expiresInS), roles })), conversation, identified: true }
}

/**
 * Where the outside system of the inbox names its visitors, it alone is asked; elsewhere the host's own server names
 * them. Without a key to check it by, an identity is refused: passed over, its visitor would be somebody else than the
 * host believes.
 */
async function readIdentity(inbox: string, token: string, { engine, identities }: SessionRoute): Promise<Identified | WireError> {
  const named = await engine.identify(inbox, token)
  if (named) return named
  return identities
    ? identities.read(token)
    : { code: 'identity.unsupported', text: 'This gateway takes no identities: "identity" is not in its configuration.' }
}

/** `undefined` for what is no JSON: the schema says so then. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown
  } catch {
    return undefined
  }
}
