import { type ConnectorPort, type Delivery, DeliveryFault, type UnnumberedEvent } from '@parley/engine'
import { type DmsOutcome, sendToDms } from '../dms/send.js'
import { type ClientBody, readClientBody } from './client-body.js'
import type { LabbChatHookConfig } from './config.js'
import { toDmsBody } from './outbound.js'

/** After so many attempts, some ten minutes, the customer is told. One less than the engine makes by itself, so that it is we who end it. */
const MOST_ATTEMPTS = 13
/** What is older is not tried again, however long DMS asks to wait: all that the customer says later waits behind it. */
const OLDEST_MS = 600_000

const NOT_REACHED = 'The chat service could not be reached, so this message was not delivered. Please send it again later.'
/** To whoever was brought here by another way than the door. */
const FOREIGN = 'Only clients of a Labb Chat Hook are answered here.'
const NOT_KNOWN = 'It is not known whether this message was delivered: the chat service did not answer in time.'

export type Deliver = { deliver(delivery: Delivery): Promise<void> }
type Parts = { readonly config: LabbChatHookConfig; madeUp(conversation: string): string }

/** Brings what old clients say to DMS: again where it was surely not taken, and never after an unknown end. */
export function createDeliver(port: ConnectorPort, { config, madeUp }: Parts): Deliver {
  async function attempt({ attempt: number, event, conversation }: Delivery, body: ClientBody, customer: string): Promise<DeliveryFault | null> {
    const outcome = await sendToDms(port, config, toDmsBody(body, customer))
    if (outcome.kind === 'taken') return null
    port.log.warn(
      { inbox: port.inbox, conversation, seq: event.seq, outcome: outcome.kind, status: statusOf(outcome), attempt: number },
      'DMS did not take a message'
    )
    return faultOf(outcome, number < MOST_ATTEMPTS && port.clock.now() - Date.parse(event.at) < OLDEST_MS)
  }

  return {
    async deliver(delivery) {
      const { event, conversation, idempotencyKey } = delivery
      if (event.type !== 'message.created') return
      const body = bodyOf(event)
      if (!body) return void (await port.append({ conversation, externalId: `foreign:${idempotencyKey}`, parts: [{ kind: 'text', text: FOREIGN }] }))
      const customer = body.customer_id === '' ? madeUp(conversation) : body.customer_id
      const fault = await attempt(delivery, body, customer)
      if (fault) throw fault
    }
  }
}

/** What one customer says is in order over all their conversations: a client that reconnects has another one. */
export function customerLane(event: UnnumberedEvent): string | null {
  const customer = bodyOf(event)?.customer_id ?? ''
  return customer === '' ? null : customer
}

function bodyOf(event: UnnumberedEvent): ClientBody | null {
  if (event.type !== 'message.created') return null
  const [part] = event.body.parts
  return part?.kind === 'text' ? readClientBody(part.text) : null
}

function faultOf(outcome: Exclude<DmsOutcome, { readonly kind: 'taken' }>, isAgain: boolean): DeliveryFault {
  switch (outcome.kind) {
    case 'refused':
      return new DeliveryFault(`The chat service refused this message (status ${outcome.status}), so it was not delivered.`, { retry: false })
    case 'unknown':
      return new DeliveryFault(NOT_KNOWN, { retry: false })
    case 'failed':
      return new DeliveryFault(NOT_REACHED, { retry: isAgain, ...(outcome.retryInMs !== undefined && { retryInMs: outcome.retryInMs }) })
    default:
      return outcome satisfies never
  }
}

const statusOf = (outcome: DmsOutcome): number | null => ('status' in outcome ? outcome.status : null)
