import type { AuditRecord, Store } from '@parley/engine'

/** The audit record that is `number`, for tests of how records leave the gateway. */
export const auditId = (number: number): string => `audit${number}`.padEnd(22, '-')
export const audit = (number: number, more: Partial<AuditRecord> = {}): AuditRecord => ({
  id: auditId(number),
  name: 'command.started',
  at: 1_000 + number,
  payload: { id: auditId(number), inbox: 'support', conversation: null, visitor: null },
  ...more
})

export const putAudits = (store: Store, ...numbers: readonly number[]) =>
  store.commit(numbers.map((number) => ({ puts: [{ put: 'audit' as const, record: audit(number) }] })))

export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)
