import type { ConversationId, Part, RunId } from '@parley/protocol'
import type { ConnectorPort, Recorded } from '@parley/engine'
import type { BotAnswer } from './inbound.js'
import { keepState } from './notes.js'
import type { Reports } from './report.js'

/** Where an answer belongs. */
export type Target = {
  readonly conversation: ConversationId
  /** The command that it answers. */
  readonly run: RunId | null
  /** Names what the bot gave no id: the same when the answer comes again. */
  readonly key: string
  /** When a call of the bot's own was signed. */
  readonly toldAt?: number
}

/**
 * Brings what a bot said into the chat. What was recorded before is recorded no second time, so all of it may be done
 * again after a crash half-way.
 * @param result all that a run's result says
 * @returns `ended` when there was nobody to say it to any more
 */
export type CarryOut = (target: Target, answer: BotAnswer, result: readonly Part[]) => Promise<Recorded>

export function createCarryOut(port: ConnectorPort, reports: Reports): CarryOut {
  return async ({ conversation, run, key, toldAt }, answer, result) => {
    if (answer.state !== undefined) await keepState(port, conversation, { state: answer.state, toldAt })
    const recorded = run === null ? await say(port, conversation, key, answer) : await reports.take(run, key, answer, result)
    // With a conversation all is over; with a run its conversation is not.
    if (recorded === 'ended' && run === null) return recorded
    if (answer.typing !== undefined) port.typing(conversation, answer.typing)
    if (answer.end !== undefined) await port.close(conversation, answer.end)
    return recorded
  }
}

async function say(port: ConnectorPort, conversation: ConversationId, key: string, { messages, error }: BotAnswer): Promise<Recorded> {
  let last: Recorded = 'known'
  for (const [index, { id, parts }] of messages.entries()) {
    // Ids of the bot and ids made here never meet.
    last = await port.append({ conversation, externalId: id === undefined ? `${key}:${index}` : `said:${id}`, parts })
    if (last === 'ended') return last
  }
  // Only a command can fail; where there was none, the sentence is for the visitor all the same.
  return error === undefined ? last : port.append({ conversation, externalId: `${key}:error`, parts: [{ kind: 'text', text: error }] })
}
