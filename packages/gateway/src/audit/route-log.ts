import type { AuditName, AuditRecord, Log } from '@parley/engine'

/** Tells once of each name that no queue takes, and once when one takes it again. */
export interface RouteLog {
  dropped(records: readonly AuditRecord[]): void
  taken(records: readonly AuditRecord[]): void
}

export function createRouteLog(log: Log): RouteLog {
  const nowhere = new Set<AuditName>()
  return {
    dropped(records) {
      for (const { id, name } of records) {
        if (!nowhere.has(name)) log.error({ audit: id, name }, 'no queue takes audit records of this name; they are dropped')
        nowhere.add(name)
      }
    },
    taken(records) {
      for (const { name } of records) {
        if (nowhere.delete(name)) log.info({ name }, 'audit records of this name are taken again')
      }
    }
  }
}
