import { type ConnectorPort, type Delivery, DeliveryFault } from '@parley/engine'
import { withinTime } from '../within-time.js'
import type { Config } from './config.js'
import { toTheirs } from './outbound.js'

/** Longer than they ever take; the gateway itself gives up after 15 seconds. */
const TIMEOUT_MS = 10_000

/**
 * One event on its way to them. What is thrown decides what becomes of it: `retry: true` is tried again with growing
 * waits, `retry: false` ends it, and the visitor reads the message beside what was said, with "Send again".
 */
export async function deliver(port: ConnectorPort, { url, token, name }: Config, delivery: Delivery): Promise<void> {
  const message = toTheirs(delivery)
  if (message === null) return
  const status = await post(port, { url, token, body: JSON.stringify(message), key: delivery.idempotencyKey })
  if (status === null) throw new DeliveryFault(`${name} cannot be reached at the moment.`, { retry: true })
  if (status === 429 || status >= 500) throw new DeliveryFault(`${name} has a fault of its own (${status}).`, { retry: true })
  if (status >= 300) {
    // A person must act: the address or the token is wrong. Ids yes, words and tokens never.
    port.log.error({ inbox: port.inbox, conversation: delivery.conversation, status }, 'a message was refused')
    throw new DeliveryFault(`${name} did not take this.`, { retry: false })
  }
}

type Post = { readonly url: string; readonly token: string; readonly body: string; readonly key: string }

/** @returns the status, or `null` without one. They know a repeat by its key, so it may be sent again whatever went wrong */
async function post(port: ConnectorPort, { url, token, body, key }: Post): Promise<number | null> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': key }
  try {
    return await withinTime(
      port.clock,
      TIMEOUT_MS,
      async (signal) => (await port.fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })).status
    )
  } catch {
    // Why a connection failed may hold parts of the address; an operator sees from the status of later ones what it was.
    return null
  }
}
