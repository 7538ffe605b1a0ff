import { RANDOM_ID, type RunId } from '@parley/protocol'
import type { ConnectorPort, ConnectorRequest, RunRecord, RunStatus } from '@parley/engine'
import type { OihConfig } from './config.js'
import type { Envelope } from './inbound.js'
import { flowOf } from './outbound.js'
import { TOKEN_HEADER } from './types.js'

/** The address of one run's callbacks, and the one that the first trial's components know. */
export type CallbackPath = { readonly kind: 'run'; readonly run: string } | { readonly kind: 'receiver' }

export function readCallbackPath(path: string): CallbackPath | null {
  if (path === 'oih-receiver') return { kind: 'receiver' }
  const [, run] = /^runs\/([^/]+)$/.exec(path) ?? []
  return run !== undefined && RANDOM_ID.test(run) ? { kind: 'run', run } : null
}

/** A run that was given up still takes a result, which is then shown as late; an ended one has used its secret up. */
const TAKES_RESULT: Readonly<Record<RunStatus, boolean>> = {
  open: true,
  sent: true,
  accepted: true,
  working: true,
  timedOut: true,
  cancelled: true,
  unknownOutcome: true,
  finished: false,
  failed: false
}

/**
 * The run a callback may speak for: one that still takes a result, and whose own secret the caller has.
 * Whatever is wrong, the answer is `null`, so that nobody learns which runs there are.
 */
export async function findCallbackRun(
  port: ConnectorPort,
  config: OihConfig,
  path: CallbackPath,
  request: ConnectorRequest,
  envelope: Envelope
): Promise<RunRecord | null> {
  const token = request.headers[TOKEN_HEADER] ?? envelope.correlation?.replyToken ?? ''
  const run = path.kind === 'run' ? path.run : (envelope.correlation?.runId ?? '')
  if (path.kind === 'receiver' && envelope.correlation === null && token === '' && config.legacyCallback) return onlyWaitingRun(port, config, envelope.flow)
  if (!RANDOM_ID.test(run) || token.length > 200 || !port.run.hasReplyToken(run as RunId, token)) return null
  const record = await port.run.find(run as RunId)
  return record && TAKES_RESULT[record.status] ? record : null
}

/** Without a secret there is no telling whose result it is, unless only one person waits for any. */
async function onlyWaitingRun(port: ConnectorPort, config: OihConfig, flow: string | undefined): Promise<RunRecord | null> {
  const waiting = (await port.run.waiting()).filter((run) => flow === undefined || flowOf(config, run) === flow)
  return waiting.length === 1 ? (waiting[0] ?? null) : null
}
