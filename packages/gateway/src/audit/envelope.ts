import type { AuditPayload, AuditRecord } from '@parley/engine'

/**
 * An audit record as the platform's audit log takes it.
 * Source: Open Integration Hub, `services/audit-log` and `lib/event-bus`; `createdAt` is a number of ms there.
 */
export type Envelope = {
  readonly headers: { readonly name: string; readonly serviceName: string; readonly createdAt: number }
  readonly payload: AuditPayload
}

/** `topic` stands before the record's name: `parley.command.started`. */
export type Naming = { readonly topic: string; readonly serviceName: string }

export const envelopeOf = ({ name, at, payload }: AuditRecord, { topic, serviceName }: Naming): Envelope => ({
  headers: { name: `${topic}.${name}`, serviceName, createdAt: at },
  payload
})
