import { type ConnectorPort, type Delivery, DeliveryFault } from '@parley/engine'
import type { ConversationId, KnownEvent } from '@parley/protocol'
import { toDms } from '../dms/outbound.js'
import type { DmsCustomer, DmsOut } from '../dms/types.js'
import type { HookLine } from './hook-line.js'

/** What the visitor says, on its way to the hook. */
export interface Talk {
  /** What is said has settled when the hook acknowledges, or when nothing was heard of an error in time; an end, when it was sent. */
  deliver(delivery: Delivery): Promise<void>
  /** Where answers belong; `null` before anything was said. */
  conversation(): ConversationId | null
  /** The hook could not pass something on. It does not say what. */
  failed(): Promise<void>
  /** What is under way has no end any more. */
  lost(): void
  /** The other side ended it. */
  over(): void
  /** Nobody is here any more: whoever answers should know. */
  leave(): void
}

type UnderWay = { settle(): void; fail(reason: Error): void }

/** A line that is down is waited for so long; the engine then waits on. */
const UP_WITHIN_MS = 60_000
/**
 * The hook never says that it took something, only, as soon as it knows, that it could not pass something on. So this
 * long a message counts as under way, and the next one waits: the hook itself keeps no order.
 */
const TAKEN_AFTER_MS = 1_500

/** An error may still be about what was said so long ago: the hook waits for the outside. */
const ERROR_WITHIN_MS = 30_000

const NO_CONNECTION = 'There is no connection to the chat’s server.'
const MAY_BE_LOST = 'This may not have been delivered: the chat’s server reported an error.'
const LAST_MAY_BE_LOST = 'What you wrote last may not have been delivered: the chat’s server reported an error, and does not say for which message.'

export function createTalk(port: ConnectorPort, line: HookLine, customer: DmsCustomer): Talk {
  const sent = new Set<string>()
  let conversation: ConversationId | null = null
  let underWay: UnderWay | null = null
  /** Something was said in it, and it has not ended. */
  let isOpen = false
  let saidAt = Number.NEGATIVE_INFINITY

  async function say(delivery: Delivery, body: DmsOut): Promise<void> {
    if (sent.has(delivery.idempotencyKey)) return
    if (!(await line.whenUp(UP_WITHIN_MS))) throw new DeliveryFault(NO_CONNECTION, { retry: true })
    await delivery.markSent()
    sent.add(delivery.idempotencyKey)
    if (!line.isUp()) throw new DeliveryFault('This was not sent: the connection had ended.', { retry: false })
    conversation = delivery.conversation
    isOpen = true
    saidAt = port.clock.now()
    await taken(body)
  }

  function taken(body: DmsOut): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = port.clock.setTimer(TAKEN_AFTER_MS, () => mine.settle())
      const finish = (run: () => void): void => {
        cancel()
        if (underWay === mine) underWay = null
        run()
      }
      const mine: UnderWay = { settle: () => finish(resolve), fail: (reason) => finish(() => reject(reason)) }
      underWay = mine
      line.send(body, mine.settle)
    })
  }

  /** It is over when it was sent, or when it was the other side that ended it. */
  async function end(ended: ConversationId): Promise<void> {
    if (isOpen) await line.whenUp(UP_WITHIN_MS)
    if (!isOpen) return
    // The hook knows customers, not conversations: told now, it would end what was begun meanwhile.
    if (ended !== conversation)
      return port.log.warn({ inbox: port.inbox, conversation: ended }, 'the next conversation had begun before the hook knew of this end')
    if (!sendEnd()) throw new DeliveryFault(NO_CONNECTION, { retry: true })
  }

  /** @returns could it be sent? */
  function sendEnd(): boolean {
    if (!line.isUp()) return false
    isOpen = false
    line.send({ type: 'customer_end_session', customer_id: customer.id, customer_name: customer.name }, () => {})
    return true
  }

  async function noteLost(): Promise<void> {
    port.log.warn({ inbox: port.inbox, conversation: conversation ?? '' }, 'the hook could not pass something on')
    if (conversation === null || port.clock.now() - saidAt > ERROR_WITHIN_MS) return
    await port.append({ conversation, externalId: `lch-error:${port.randomId()}`, parts: [{ kind: 'text', text: LAST_MAY_BE_LOST }] })
  }

  return {
    async deliver(delivery) {
      if (delivery.event.type === 'conversation.closed') return end(delivery.conversation)
      const body = bodyOf(delivery.event, customer)
      if (body) await say(delivery, body)
    },
    conversation: () => conversation,
    async failed() {
      if (underWay) underWay.fail(new DeliveryFault(MAY_BE_LOST, { retry: false }))
      else await noteLost()
    },
    lost: () => underWay?.fail(new Error('the connection ended before the hook could have passed it on')),
    over() {
      isOpen = false
    },
    leave() {
      if (isOpen && !sendEnd()) port.log.warn({ inbox: port.inbox, conversation: conversation ?? '' }, 'the hook could not be told that the visitor has left')
    }
  }
}

/** The hook drops the payload of an answer; its own client sends it as the text for that reason, and so does this. */
function bodyOf(event: KnownEvent, customer: DmsCustomer): DmsOut | null {
  const body = toDms(event, customer, event.messageId)
  return body?.postback === undefined ? body : { ...body, text: [body.postback] }
}
