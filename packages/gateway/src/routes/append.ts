import type { LastAppendsAnswer } from '@parley/protocol'
import { json, refusal } from '../http-answers.js'
import { isOriginAllowed } from '../origins.js'
import { readBody } from '../read-body.js'
import { corsHeaders, originRefused, parseJson, type SessionRoute } from './session.js'

/** What browsers let a leaving page send. */
const MOST_BYTES = 65_536

/**
 * `POST /append`: the last messages of a page that is leaving (delivery rule 8). JSON, as `text/plain` so that it asks
 * nobody before; the token stands in the body.
 */
export async function appendLast(
  request: Request,
  address: string,
  { engine, origins, limit }: Pick<SessionRoute, 'engine' | 'origins' | 'limit'>
): Promise<Response> {
  const origin = request.headers.get('origin') ?? undefined
  if (!isOriginAllowed(origin, origins)) return originRefused()
  const headers = corsHeaders(origin)
  const retryInMs = await limit.take(address)
  if (retryInMs > 0) return refusal({ code: 'append.busy', text: 'Too many requests from this address.', retryInMs }, headers)
  const body = await readBody(request, MOST_BYTES)
  if (!body) return refusal({ code: 'frame.tooLarge', text: `A request has at most ${MOST_BYTES} bytes.` }, headers)
  const result = await engine.appendLast(parseJson(body))
  if ('code' in result) return refusal(result, headers)
  return json({ acks: result } satisfies LastAppendsAnswer, { headers })
}
