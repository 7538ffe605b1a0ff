import { type ConnectorPort, type Delivery, DeliveryFault } from '@parley/engine'
import type { KnownEvent } from '@parley/protocol'
import { toDms, withContext } from '../dms/outbound.js'
import { type DmsOutcome, sendToDms } from '../dms/send.js'
import { createSerial } from '../serial.js'
import type { PegaDmsConfig } from './config.js'
import { customerIdOf } from './customer.js'
import type { CustomerNote } from './customer-note.js'
import { summaryOf } from './handed-over.js'
import { faultOf } from './faults.js'

/** What agents see of somebody who has no name. */
const NO_NAME = 'Visitor'
/** Events before a hand-over that agents are told of. */
const MOST_BEFORE = 30
/** What is older is not tried again, however long DMS asks to wait: all that is said later waits behind it. */
const OLDEST_MS = 600_000

/** Brings what visitors say to DMS, one thing at a time for each customer. */
export function createDeliver(port: ConnectorPort, config: PegaDmsConfig, note: CustomerNote): (delivery: Delivery) => Promise<void> {
  const serial = createSerial()

  async function deliver(delivery: Delivery): Promise<void> {
    const { conversation, person, event, idempotencyKey } = delivery
    const known = await note.read(conversation)
    // Nobody leaves who never came.
    if (event.type === 'conversation.closed' && known === null) return
    const id = known ?? (await newCustomerId(delivery))
    // The message's id is made of the key, so it is the same at each attempt, and tells nothing of our own ids.
    const body = toDms(await asSaid(delivery), { id, name: person?.name ?? NO_NAME }, port.sign('message', idempotencyKey))
    if (!body) return
    settle(await sendToDms(port, config, known === null ? withContext(body, config.context) : body), delivery)
    if (known === null) await note.begin(conversation, id)
  }

  /** Of what was handed over here, the other side is told what was said before, as the visitor's first words to it. */
  async function asSaid({ conversation, person, event }: Delivery): Promise<KnownEvent> {
    if (event.type !== 'handoff.completed') return event
    const before = await port.conversation.recent(conversation, { limit: MOST_BEFORE, to: event.seq })
    const text = summaryOf(before, person?.name ?? NO_NAME)
    return { ...event, type: 'message.created', body: { parts: text === null ? [] : [{ kind: 'text', text }] } }
  }

  async function newCustomerId({ conversation, person }: Delivery): Promise<string> {
    const own = person && (await port.conversation.ofPerson(person.subject))
    return customerIdOf(port, { conversation, person }, own?.id === conversation)
  }

  /** @throws DeliveryFault for everything but "taken" */
  function settle(outcome: DmsOutcome, { conversation, event: { seq, at } }: Delivery): void {
    const fault = faultOf(outcome, config.name)
    if (!fault) return
    port.log[fault.level]({ inbox: port.inbox, conversation, seq, ...fault.fields }, fault.log)
    const isOld = port.clock.now() - Date.parse(at) >= OLDEST_MS
    throw new DeliveryFault(fault.text, { ...fault, retry: fault.retry && !isOld })
  }

  return (delivery) => serial(delivery.person?.subject ?? delivery.conversation, () => deliver(delivery))
}
