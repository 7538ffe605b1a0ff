import type { Json, Part, RunId } from '@parley/protocol'
import type { ConnectorPort, Recorded, RunStatus } from '@parley/engine'
import { createSerial } from '../serial.js'
import type { BotAnswer } from './inbound.js'

/** What a bot reports on a command. */
export interface Reports {
  /**
   * @param key the same when it is reported again
   * @returns `ended` when the run is over, by another report than this one
   */
  take(run: RunId, key: string, answer: BotAnswer, result: readonly Part[]): Promise<Recorded>
  /** Was the run ended by the report with this key? */
  isEndedBy(run: RunId, key: string): Promise<boolean>
}

/** Which states are the last one. A run that was given up still takes its result. */
const LAST: readonly RunStatus[] = ['finished', 'failed']
const WAITING: readonly RunStatus[] = ['open', 'sent', 'accepted', 'working']

/**
 * The idea: the key of the report that ends a run is noted with the run just before its end. So the same report is known
 * when it comes again, also after a restart, and one that comes after another's is too late.
 */
export function createReports(port: Pick<ConnectorPort, 'run'>): Reports {
  // An answer and a call may report at the same moment; the note must be of the one that ended it.
  const serial = createSerial()

  async function take(run: RunId, key: string, answer: BotAnswer, result: readonly Part[]): Promise<Recorded> {
    const { error, progress } = answer
    if (error !== undefined) return endOnce(run, key, () => port.run.fail(run, { reason: 'failed', text: error }))
    const working = progress ? await port.run.progress(run, { step: key, ...progress }) : null
    if (result.length > 0) return endOnce(run, key, () => port.run.finish(run, result))
    return working ?? accept(run)
  }

  /** With nothing to report the bot has taken it, if it had not before. */
  async function accept(run: RunId): Promise<Recorded> {
    const recorded = await port.run.accept(run)
    if (recorded !== 'ended') return recorded
    const status = (await port.run.find(run))?.status
    return status !== undefined && WAITING.includes(status) ? 'known' : 'ended'
  }

  async function endOnce(run: RunId, key: string, end: () => Promise<Recorded>): Promise<Recorded> {
    const record = await port.run.find(run)
    if (record && LAST.includes(record.status)) return endedBy(record.notes) === key ? 'known' : 'ended'
    await port.run.note(run, { endedBy: key })
    const recorded = await end()
    // Somebody else ended it in between: the gateway, for one, because the bot could not be reached.
    if (recorded === 'ended') await port.run.note(run, null)
    return recorded
  }

  return {
    take: (run, key, answer, result) => serial(run, () => take(run, key, answer, result)),
    async isEndedBy(run, key) {
      const record = await port.run.find(run)
      return record !== null && LAST.includes(record.status) && endedBy(record.notes) === key
    }
  }
}

const endedBy = (notes: Json): Json | undefined => (typeof notes === 'object' && notes !== null && 'endedBy' in notes ? notes.endedBy : undefined)
