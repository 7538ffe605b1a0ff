import type { ConversationId } from '@parley/protocol'
import type { Recorded } from './connector.js'
import type { Core } from './core.js'
import type { Dispatcher } from './dispatcher.js'
import { answeringInbox, findConversation } from './found-conversation.js'
import { botAuthor, externalMessageId, randomId } from './identity.js'
import { jobFor } from './job-for.js'
import { newEvent } from './new-event.js'
import { joinOf } from './speaker.js'
import type { Unit } from './store.js'

type From = { readonly inbox: string; readonly conversation: ConversationId }

/**
 * Another inbox's side answers from now on; only the one that answers now can say so. The new side joins, so that its
 * name is known, and is told by `handoff.completed` if it receives that.
 */
export async function handOver(core: Core, dispatcher: Dispatcher, { inbox, conversation }: From, to: string): Promise<Recorded> {
  const { connectors, queue, host } = core
  const record = await findConversation(core, inbox, conversation)
  const connector = connectors.get(to)
  if (!record || !connector || record.status === 'closed') return 'ended'
  const now = answeringInbox(record)
  if (now === to) return 'known'
  if (now !== inbox) return 'ended'
  const name = connector.capabilities.participant.name
  const event = newEvent({
    conversation: record.id,
    messageId: externalMessageId(host.seal, inbox, `handoff:${randomId(host.chance)}`),
    type: 'handoff.completed',
    author: botAuthor(host.seal, inbox, record.id),
    body: { to, name },
    now: host.clock.now()
  })
  const job = jobFor(host, { inbox: to, connector }, event)
  const unit: Unit = {
    event,
    open: true,
    puts: [{ put: 'answering', conversation: record.id, inbox: to === record.inbox ? null : to }],
    ...(job && { job })
  }
  const outcome = (await queue.commit([{ ...joinOf(host, to, record.id, name), open: true }, unit])).at(-1)
  if (outcome?.kind === 'moved') return handOver(core, dispatcher, { inbox, conversation: outcome.into }, to)
  if (outcome?.kind === 'skipped') return 'ended'
  if (job && outcome?.kind === 'stored') dispatcher.add({ conversation: record.id, seq: outcome.seq, state: 'waiting', attempts: 0, ...job })
  return 'recorded'
}
