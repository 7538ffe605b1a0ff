import type { ConnectorPort } from '@parley/engine'

/** Writes records for the audit. What was done is done: a record that cannot be written is reported and stops nothing. */
export type Auditor = (note: Parameters<ConnectorPort['audit']>[0]) => Promise<void>

export function createAuditor(port: ConnectorPort): Auditor {
  return async (note) => {
    try {
      await port.audit(note)
    } catch (thrown) {
      port.log.error(
        { inbox: port.inbox, audit: note.name, run: note.run ?? null, reason: thrown instanceof Error ? thrown.message : String(thrown) },
        'an audit record could not be written'
      )
    }
  }
}
