import type { ConnectorRequest, ConnectorResponse, Engine, Log } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import { refusal } from '../http-answers.js'
import { readBody } from '../read-body.js'
import { securePage } from '../page-headers.js'

export type Doors = {
  readonly engine: Engine
  readonly bodyBytes: number
  /** Inboxes by the kind of their connector, for the addresses that callers of old know. */
  readonly inboxesOf: (kind: string) => readonly string[]
  readonly log: Log
}

/** `/hooks/<inbox>/<path>` and `/accounts/<inbox>/<path>`: handed to the inbox's connector, raw. */
export async function openDoor(request: Request, door: ConnectorRequest['door'], inbox: string, doors: Doors): Promise<Response> {
  const url = new URL(request.url)
  const path = url.pathname.split('/').slice(3).join('/')
  const body = await readBody(request, doors.bodyBytes)
  if (!body) return tooLarge(doors)
  return (await ask(doors, inbox, readRequest(request, url, { door, path, body }))) ?? nothingHere()
}

/** An address that callers of old know, who know no inbox. `path`: what it is behind `/hooks/<inbox>/`. */
export type Receiver = { readonly path: string; readonly kinds: readonly string[] }

/** Where flows of the Open Integration Hub call back. */
export const OIH_RECEIVER: Receiver = { path: 'oih-receiver', kinds: ['oih'] }
/** Where Pega Digital Messaging calls a Labb Chat Hook. */
export const LABB_WEBHOOK: Receiver = { path: 'webhook', kinds: ['pega-dms', 'labb-chat-hook'] }

/** An inbox that answers so leaves it to the next one. When nobody has it the caller hears the last of these: it tells most. */
const LEFT_TO_OTHERS = [404, 403, 413, 400]
const rankOf = (answer: Response | null): number => (answer ? LEFT_TO_OTHERS.indexOf(answer.status) : -1)

/** The first inbox of these kinds that knows what to do with it has it; what one cannot read, or believe, another may. */
export async function openReceiver(request: Request, { path, kinds }: Receiver, doors: Doors): Promise<Response> {
  const body = await readBody(request, doors.bodyBytes)
  if (!body) return tooLarge(doors)
  const asked = readRequest(request, new URL(request.url), { door: 'hooks', path, body })
  let best: Response | null = null
  for (const inbox of kinds.flatMap(doors.inboxesOf)) {
    const answer = await ask(doors, inbox, asked)
    if (!answer) continue
    if (rankOf(answer) === -1) return answer
    if (rankOf(answer) > rankOf(best)) best = answer
  }
  return best ?? nothingHere()
}

async function ask({ engine, log }: Doors, inbox: string, request: ConnectorRequest): Promise<Response | null> {
  try {
    const answer = await engine.handleRequest(inbox, request)
    return answer && asResponse(answer)
  } catch (thrown) {
    log.error({ inbox, door: request.door, reason: reasonOf(thrown) }, 'a request from outside could not be handled')
    return refusal({ code: 'gateway.unavailable', retryInMs: 1_000 })
  }
}

const tooLarge = ({ bodyBytes }: Doors): Response =>
  refusal({ code: 'frame.tooLarge', text: `A body has at most ${bodyBytes} bytes.` }, { connection: 'close' })
const nothingHere = (): Response => refusal({ code: 'address.unknown', text: 'Nothing answers at this address.' })

type Rest = Pick<ConnectorRequest, 'door' | 'path' | 'body'>

function readRequest(request: Request, url: URL, rest: Rest): ConnectorRequest {
  return {
    ...rest,
    method: request.method,
    query: withoutPrototype([...url.searchParams]),
    headers: withoutPrototype([...request.headers]),
    cookies: withoutPrototype(readCookies(request.headers.get('cookie') ?? ''))
  }
}

/** Foreign names become keys: they must not reach what every object inherits. */
const withoutPrototype = (entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> =>
  Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(entries))

function readCookies(header: string): (readonly [string, string])[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
}

function asResponse({ status, headers = {}, body }: ConnectorResponse): Response {
  const isBodiless = status === 204 || status === 304
  return new Response(isBodiless ? null : (body ?? ''), { status, headers: securePage(headers) })
}
