import type { DmsCustomer, DmsOut } from '../dms/types.js'

/** What goes to and comes from a Labb Chat Hook. Source: its code of 2024-02-14, as read and run in 2026-11. */

export type LchOptions = {
  /** Where the hook is: the origin alone, `http:` or `https:`. */
  readonly url: string
  /** Who writes. Absent, or with an empty id: somebody unauthenticated, under a number that this page makes. */
  readonly customer?: DmsCustomer
  /** How the other side is called in the chat. Default `Assistant`. */
  readonly name?: string
}

/** One Socket.IO connection to a hook. It moves bodies and decides nothing; it never reconnects and never buffers. */
export interface HookSocket {
  /** Tries once. */
  open(): void
  isUp(): boolean
  /** `clientMessage`. Only while it is up. @param onAck a hook that acknowledges has it; the old one never does */
  send(body: DmsOut, onAck: () => void): void
  /** What was sent still leaves. */
  close(): void
}

export type HookEvents = {
  onUp(): void
  /** It is gone, or did not come up. */
  onDown(reason: string): void
  /** `serverMessage`, whatever it holds. */
  onMessage(body: unknown, acknowledge: () => void): void
  /** `serverError`: something could not be passed on. It does not say what. */
  onError(): void
}

export type OpenHook = (url: string, events: HookEvents) => HookSocket
