import type { AuditRecord } from '@parley/engine'

/** Where audit records leave the gateway. */
export interface Outlet {
  /** Hands a batch over, oldest first. Never throws: what stood in the way is told. */
  send(batch: readonly AuditRecord[]): Promise<Sent>
  /** Ends what is under way. */
  close(): Promise<void>
}

export type Sent = {
  /** The receiver has said that it has these. */
  readonly taken: readonly string[]
  /** The receiver is there, but nobody behind it to get these. */
  readonly unrouted?: readonly string[]
  readonly obstacle: Obstacle | null
}

/**
 * `away`: it may take the same later. `refused`: it does not want what this batch holds.
 * `unrouted`: nobody is there to get any of it.
 */
export type Obstacle = { readonly kind: 'away' | 'refused' | 'unrouted'; readonly reason: string; readonly retryInMs?: number }

export const away = (reason: string, retryInMs?: number): Obstacle => ({ kind: 'away', reason, ...(retryInMs === undefined ? {} : { retryInMs }) })
