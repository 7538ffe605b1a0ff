import type { ConnectorPort, ConnectorRequest, ConnectorResponse, FoundConversation, InboundAuthor } from '@parley/engine'
import { type DmsHappening, fromDms } from '../dms/inbound.js'
import { verifyDms } from '../dms/jwt.js'
import { readDmsBody } from '../dms/read-body.js'
import type { DmsBody } from '../dms/types.js'
import { createSerial } from '../serial.js'
import { FORBIDDEN, malformed, NO_ADDRESS, NOT_FOUND, NOT_JSON, OVER, SUCCESS, TOO_LARGE, WRONG_METHOD } from './answers.js'
import type { PegaDmsConfig } from './config.js'
import { readCustomerId } from './customer.js'
import type { CustomerNote } from './customer-note.js'

const MOST_BYTES = 262_144
/** What else stands there may be what somebody said. */
const TYPE_NAME = /^[\w.-]{1,64}$/
/** One line of this kind in so long, whoever knocks. */
const REFUSALS_LOGGED_MS = 60_000

/** The door where DMS calls. It answers when what was said is on disk, one body after another for each customer. */
export function createWebhook(port: ConnectorPort, config: PegaDmsConfig, note: CustomerNote): (request: ConnectorRequest) => Promise<ConnectorResponse> {
  const serial = createSerial()
  let refusalLoggedAt = Number.NEGATIVE_INFINITY
  /** The side that the inbox itself stands for, under the name that it has here. */
  const isOurName = ({ name }: InboundAuthor): boolean => name.toLowerCase() === config.name.toLowerCase()

  return async (request) => {
    const refusal = await refuse(request)
    if (refusal) return refusal
    const json = readJson(request.body)
    if (json === undefined) return NOT_JSON
    const read = readDmsBody(json)
    if (!read.ok) return malformed(read.text)
    const { body } = read
    if (body.type === 'unknown')
      port.log.warn({ inbox: port.inbox, type: TYPE_NAME.test(body.was) ? body.was : 'no name' }, 'DMS said something of a type that is not known here')
    return serial(body.customerId, () => takeIn(body))
  }

  /** Everything that is looked at before the body is. */
  async function refuse({ door, path, method, headers, body }: ConnectorRequest): Promise<ConnectorResponse | null> {
    if (door !== 'hooks' || path !== 'webhook') return NO_ADDRESS
    if (method !== 'POST') return WRONG_METHOD
    if (config.webhookAuth && !(await verifyDms(headers.authorization, { ...config, now: port.clock.now() }))) {
      logRefusal()
      return FORBIDDEN
    }
    return body.length > MOST_BYTES ? TOO_LARGE : null
  }

  function logRefusal(): void {
    const now = port.clock.now()
    if (now - refusalLoggedAt < REFUSALS_LOGGED_MS) return
    refusalLoggedAt = now
    port.log.warn({ inbox: port.inbox }, 'the webhook was called without a token of DMS that holds now')
  }

  async function takeIn(body: DmsBody): Promise<ConnectorResponse> {
    const found = await findConversation(body.customerId)
    if (!found) return NOT_FOUND
    for (const happening of fromDms(body)) {
      if (!(await carryOut(found, happening))) {
        port.log.debug({ inbox: port.inbox, conversation: found.id, type: body.type }, 'DMS spoke to a conversation that is over')
        return OVER
      }
    }
    return SUCCESS
  }

  async function findConversation(customerId: string): Promise<FoundConversation | null> {
    const reference = readCustomerId(port, customerId)
    if (!reference) return null
    return reference.kind === 'person' ? port.conversation.ofPerson(reference.subject) : port.conversation.find(reference.conversation)
  }

  /** @returns whether there is anybody to see it. An end that comes again is as good as the first. */
  async function carryOut({ id, isOpen }: FoundConversation, happening: DmsHappening): Promise<boolean> {
    const from = happening.from && !isOurName(happening.from) ? happening.from : undefined
    switch (happening.kind) {
      case 'message': {
        const { externalId, parts } = happening
        return isOpen && (await port.append({ conversation: id, externalId, parts, ...(from ? { from } : {}) })) !== 'ended'
      }
      case 'typing':
        if (isOpen) port.typing(id, happening.forMs, from)
        return isOpen
      case 'end':
        if (isOpen) await end(id, from)
        return true
      default:
        return happening satisfies never
    }
  }

  /** An end has no id. One of a conversation that DMS does not know came again, and meant the customer's last one. */
  async function end(id: FoundConversation['id'], from: InboundAuthor | undefined): Promise<void> {
    const known = await note.read(id)
    if (known === null) return
    await note.end(id)
    try {
      await port.close(id, `${from?.name ?? 'The agent'} has ended the conversation`)
    } catch (thrown) {
      // Else it would be a repeat when it comes again.
      await note.begin(id, known)
      throw thrown
    }
  }
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}
