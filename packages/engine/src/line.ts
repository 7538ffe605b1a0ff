import type { ErrorCode, ServerFrame } from '@parley/protocol'

/** One client's connection, as the engine sees it. It moves frames and decides nothing. */
export interface Line {
  send(frame: ServerFrame): void
  /** Ends the connection; frames sent before still leave. */
  close(why: ErrorCode | 'drain'): void
}
