import { ParleyError } from '@parley/protocol'

/** The line failed or is not there: passes by itself. */
export const unavailable = (message: string, cause?: unknown): ParleyError => new ParleyError('gateway.unavailable', message, { cause })

/** Whatever was thrown, as our one class. */
export const asParleyError = (reason: unknown): ParleyError =>
  ParleyError.is(reason) ? reason : unavailable(reason instanceof Error ? reason.message : String(reason), reason)
