import { startFault } from '../start-fault.js'
import type { Naming } from './envelope.js'

/** What an operator writes under "audit", as it was read. */
export type WrittenAudit = {
  readonly url?: string | undefined
  readonly token?: string | undefined
  readonly amqp?: string | undefined
  readonly exchange?: string | undefined
  readonly topic: string
  readonly serviceName: string
  readonly keep: number
}

export type AuditConfig = Naming & {
  readonly to:
    | { readonly kind: 'http'; readonly url: string; readonly token: string | null }
    | { readonly kind: 'amqp'; readonly url: string; readonly exchange: string }
  /** So many records wait at most, about. */
  readonly keep: number
}

/** The exchange that all services of an Open Integration Hub share. Source: its `lib/event-bus/src/RabbitMqTransport.js`. */
const EXCHANGE = 'event-bus'
const WHERE = '{ "url": "https://…/logs" } or { "amqp": "amqp://…" }'

/** @throws StartFault when it does not say to which one place the records go */
export function readAudit({ url, token, amqp, exchange, topic, serviceName, keep }: WrittenAudit): AuditConfig {
  const named = { topic, serviceName, keep }
  if (url !== undefined && amqp !== undefined) throw startFault('audit', 'both "url" and "amqp"', `one of them, ${WHERE}`)
  if (url !== undefined) {
    if (exchange !== undefined) throw startFault('audit.exchange', 'an exchange beside "url"', 'no exchange; it belongs to "amqp"')
    return { ...named, to: { kind: 'http', url, token: token ?? null } }
  }
  if (amqp === undefined) throw startFault('audit', 'neither "url" nor "amqp"', `where the records go, ${WHERE}`)
  if (token !== undefined) throw startFault('audit.token', 'a token beside "amqp"', 'no token; user and password stand in the address')
  return { ...named, to: { kind: 'amqp', url: amqp, exchange: exchange ?? EXCHANGE } }
}
