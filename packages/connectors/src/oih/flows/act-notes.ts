import type { Json } from '@parley/protocol'

/** What is kept of a start or stop: enough to go on after a restart, and to know whether it was sent. */
export type ActState = {
  /** When it is given up, in ms since 1970. */
  readonly until: number
  readonly name: string
  /** The platform has said that it took it, or the flow's status shows it. */
  readonly isSure: boolean
}

/** From a run's notes: `null` when it was not about to be sent. */
export function readActState(notes: Json): ActState | null {
  const { act } = objectOf(notes)
  const { until, name, isSure } = objectOf(act ?? null)
  return typeof until === 'number' && typeof name === 'string' ? { until, name, isSure: isSure === true } : null
}

const objectOf = (value: Json): { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Json }) : {}
