import type { ConnectorPort, ConnectorRequest, ConnectorResponse } from '@parley/engine'
import type { ConversationId } from '@parley/protocol'
import { verifyDms } from '../dms/jwt.js'
import type { LabbChatHookConfig } from './config.js'
import type { Customers } from './customers.js'
import { isPassing, readRelayed, type RelayedBody, relayedParts } from './inbound.js'

const TEXT = { 'content-type': 'text/plain; charset=utf-8' }
const answer = (status: number, body: string): ConnectorResponse => ({ status, headers: TEXT, body })
const SUCCESS = answer(200, 'success')
const NOBODY = answer(404, 'No client takes messages of this customer now.')
const FORBIDDEN = answer(403, 'forbidden')

/** One line of this kind in so long, whoever knocks. */
const REFUSALS_LOGGED_MS = 60_000

/** What DMS calls: verified, then recorded for whoever takes it, then answered. */
export function createWebhook(port: ConnectorPort, config: LabbChatHookConfig, customers: Customers) {
  let refusalLoggedAt = Number.NEGATIVE_INFINITY

  return async (request: ConnectorRequest): Promise<ConnectorResponse> => {
    if (request.door !== 'hooks' || request.path !== 'webhook') return answer(404, 'Nothing answers at this address.')
    if (request.method !== 'POST') return { ...answer(405, 'POST is wanted.'), headers: { ...TEXT, allow: 'POST' } }
    if (config.webhookAuth && !(await isFromDms(request))) return refuse()
    const read = readRelayed(parseJson(request.body))
    if (!read.ok) return answer(400, read.text)
    return isPassing(read.body) ? pass(read.body) : record(read.body)
  }

  function refuse(): ConnectorResponse {
    const now = port.clock.now()
    if (Math.abs(now - refusalLoggedAt) >= REFUSALS_LOGGED_MS) {
      refusalLoggedAt = now
      port.log.warn({ inbox: port.inbox }, 'the webhook was called without a token of DMS that holds now')
    }
    return FORBIDDEN
  }

  function isFromDms({ headers }: ConnectorRequest): Promise<boolean> {
    return verifyDms(headers.authorization, { issuer: config.issuer, secret: config.secret, now: port.clock.now() })
  }

  async function pass({ customer, value }: RelayedBody): Promise<ConnectorResponse> {
    const holders = customers.of(customer)
    for (const holder of holders) holder.hear(value)
    return holders.length > 0 || (await conversationsOf(customer)).length > 0 ? SUCCESS : NOBODY
  }

  async function record(body: RelayedBody): Promise<ConnectorResponse> {
    const conversations = await conversationsOf(body.customer)
    // Without an id there are no repeats to tell; each is another one.
    const externalId = `dms:${body.messageId ?? port.randomId()}`
    // All at once: they are written in one transaction, and nobody is answered before it.
    const recorded = await Promise.all(conversations.map((conversation) => port.append({ conversation, externalId, parts: relayedParts(body) })))
    if (recorded.every((one) => one === 'ended')) return NOBODY
    port.log.debug({ inbox: port.inbox, type: body.type, conversations: conversations.length }, 'DMS said something')
    return SUCCESS
  }

  async function conversationsOf(customer: string): Promise<readonly ConversationId[]> {
    const live = [...new Set(customers.of(customer).map(({ conversation }) => conversation))]
    if (live.length > 0 || !config.trustCustomerId || customer === '') return live
    const absent = await port.conversation.ofPerson(customer)
    return absent?.isOpen ? [absent.id] : []
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
