import type { ErrorCode, ServerFrame } from '@parley/protocol'

/** One client's connection, as the engine sees it. It moves frames and decides nothing. */
export interface Line {
  send(frame: ServerFrame): void
  /** Much waits here for a slow reader. What can be had again later (events, signals) is not sent now. */
  isFull(): boolean
  /** Settles when the line is not full, or has gone. */
  drained(): Promise<void>
  /** Ends the connection; frames sent before still leave. */
  close(why: ErrorCode | 'drain'): void
}
