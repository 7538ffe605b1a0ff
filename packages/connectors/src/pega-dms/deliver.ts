import { type ConnectorPort, type Delivery, DeliveryFault } from '@parley/engine'
import { toDms, withContext } from '../dms/outbound.js'
import { type DmsOutcome, sendToDms } from '../dms/send.js'
import type { DmsCustomer } from '../dms/types.js'
import { createSerial } from '../serial.js'
import type { Begun } from './begun.js'
import type { PegaDmsConfig } from './config.js'
import { customerOf } from './customer.js'
import { faultOf } from './faults.js'

/** Brings what visitors say to DMS, one thing at a time for each customer. */
export function createDeliver(port: ConnectorPort, config: PegaDmsConfig, begun: Begun): (delivery: Delivery) => Promise<void> {
  const serial = createSerial()

  async function deliver({ conversation, event, idempotencyKey }: Delivery, customer: DmsCustomer): Promise<void> {
    // Made of the key, so it is the same at each attempt, and tells nothing of our own ids.
    const body = toDms(event, customer, port.sign('message', idempotencyKey))
    if (!body) return
    const isBegun = await begun.is(conversation)
    if (event.type === 'conversation.closed') {
      // Nobody leaves who never came.
      if (isBegun) settle(await sendToDms(port, config, body), { conversation, seq: event.seq })
      return
    }
    settle(await sendToDms(port, config, isBegun ? body : withContext(body, config.context)), { conversation, seq: event.seq })
    if (!isBegun) await begun.begin(conversation)
  }

  /** @throws DeliveryFault for everything but "taken" */
  function settle(outcome: DmsOutcome, ids: { readonly conversation: string; readonly seq: number }): void {
    const fault = faultOf(outcome, config.name)
    if (!fault) return
    port.log[fault.level]({ inbox: port.inbox, ...ids, ...fault.fields }, fault.log)
    throw new DeliveryFault(fault.text, fault)
  }

  return (delivery) => {
    const customer = customerOf(port, delivery)
    return serial(customer.id, () => deliver(delivery, customer))
  }
}
