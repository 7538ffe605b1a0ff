import type { Log } from '@parley/engine'
import { destination, type Level, pino } from 'pino'

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent']
/** Nobody should log these; should somebody, they do not come out. */
const NEVER = ['token', 'secret', 'password', 'authorization', 'cookie', 'key', 'visitorKey', 'credential', 'text', 'body', 'query', 'url']

/**
 * The log: one line of JSON each, on the standard output.
 * @param level from `LOG_LEVEL`: debug, info (default), warn, error or silent
 */
export function createLog(level: string | undefined): Log {
  const known = level !== undefined && LEVELS.includes(level) ? (level as Level) : 'info'
  // Written at once: the last words before a crash are the ones that matter.
  return pino({ level: known, base: null, redact: { paths: NEVER, censor: '…' } }, destination({ dest: 1, sync: true }))
}
