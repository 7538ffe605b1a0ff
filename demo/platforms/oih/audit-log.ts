import type { Envelope } from './bus.js'
import { createListeners } from './listeners.js'
import { masked } from './mask.js'
import type { PlatformState } from './state.js'

/** The audit log: keeps records of what was done, in the envelope of the bus. */
export interface AuditLog {
  /** Oldest first. */
  readonly records: readonly AuditRecord[]
  add(record: AuditRecord): void
  watch(listener: (record: AuditRecord) => void): () => void
}
export type AuditRecord = { readonly headers: { readonly name: string; readonly serviceName: string; readonly createdAt: number }; readonly payload: object }

/** What the original listens to (services/audit-log/app/config/index.js): a fixed list, not `audit.*`. */
const TOPICS = ['iam.#', 'secret-service.#', 'metadata.#', 'flowrepo.flow.#', 'templaterepo.template.#']
const KEPT = 1_000

export function createAuditLog({ bus }: Pick<PlatformState, 'bus'>): AuditLog {
  const { tell, watch } = createListeners<AuditRecord>()
  let records: readonly AuditRecord[] = []

  bus.subscribe('audit-log', TOPICS, (event) => {
    const { name, serviceName, createdAt } = event.headers
    add({ headers: { name, serviceName, createdAt }, payload: masked(event.payload) as object })
    if (name === 'iam.user.deleted') forget(event)
  })

  function add(record: AuditRecord): void {
    records = [...records.slice(1 - KEPT), record]
    tell(record)
  }

  /** Whoever is gone is named no more, in old records either. */
  function forget({ payload }: Envelope): void {
    const { id } = payload as { readonly id?: unknown }
    if (typeof id === 'string' && id !== '') records = records.map((record) => ({ ...record, payload: without(record.payload, id) as object }))
  }

  return {
    get records() {
      return records
    },
    add,
    watch
  }
}

function without(value: unknown, id: string): unknown {
  if (value === id) return 'anonymised'
  if (Array.isArray(value)) return value.map((inner) => without(inner, id))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, without(inner, id)]))
}
