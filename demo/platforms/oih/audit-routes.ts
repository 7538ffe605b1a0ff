import { Hono } from 'hono'
import { readRecords } from './audit-envelope.js'
import type { AuditLog, AuditRecord } from './audit-log.js'
import { callerWith, refusal } from './permission.js'
import type { PlatformState } from './state.js'

/** The door of the audit log. */
export function auditRoutes(state: PlatformState, log: AuditLog): Hono {
  const app = new Hono()

  app.get('/logs', (context) => {
    const caller = callerWith(state, context, 'logs.read')
    if ('refused' in caller) return caller.refused
    const size = atLeastOne(context.req.query('page[size]'), 10)
    const page = atLeastOne(context.req.query('page[number]'), 1)
    const name = context.req.query('filter[name]')
    const service = context.req.query('filter[service]')
    const isWanted = ({ headers }: AuditRecord): boolean =>
      (name === undefined || headers.name === name) && (service === undefined || headers.serviceName === service)
    const found = log.records.filter(isWanted).reverse()
    const meta = { total: found.length, page, perPage: size, totalPages: Math.ceil(found.length / size) }
    return context.json({ data: found.slice((page - 1) * size, page * size), meta })
  })
  // The original takes records from the broker and has no such door: it is the demo's, for a gateway that reaches no broker.
  app.post('/logs', async (context) => {
    const caller = callerWith(state, context, 'logs.write')
    if ('refused' in caller) return caller.refused
    const records = readRecords(await context.req.json().catch(() => null))
    if (typeof records === 'string') return refusal(context, 400, records)
    for (const record of records) log.add(record)
    return context.json({ data: records }, 201)
  })
  return app
}

function atLeastOne(text: string | undefined, otherwise: number): number {
  const number = Number.parseInt(text ?? '', 10)
  return number >= 1 ? number : otherwise
}
