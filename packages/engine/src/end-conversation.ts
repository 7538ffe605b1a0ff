import type { Ack, ConversationId } from '@parley/protocol'
import { UNKNOWN } from './append-frame.js'
import type { Core } from './core.js'
import type { Dispatcher } from './dispatcher.js'
import { answeringInbox } from './found-conversation.js'
import { closingId, visitorAuthor } from './identity.js'
import { jobFor } from './job-for.js'
import { newEvent } from './new-event.js'
import { WAITING } from './records.js'
import type { Runs } from './runs.js'

type Parts = { readonly core: Core; readonly runs: Runs; readonly dispatcher: Pick<Dispatcher, 'add'> }

/**
 * The visitor ends the conversation. What still runs in it is cancelled first, and whoever answers is told if it wants to
 * be. Ended before, whoever did it: that is what was asked for.
 */
export async function endConversation({ core, runs, dispatcher }: Parts, id: ConversationId): Promise<Ack> {
  const { host, store, queue, connectors } = core
  const record = await store.conversation(id)
  if (!record || record.mergedInto) return { error: UNKNOWN }
  if (record.status === 'closed') return { ok: true }
  await cancelRuns({ core, runs }, id)
  const inbox = answeringInbox(record)
  const now = host.clock.now()
  const connector = connectors.get(inbox)
  const event = newEvent({
    conversation: id,
    messageId: closingId(host.seal, record),
    type: 'conversation.closed',
    author: visitorAuthor(host.seal, record.visitor, id),
    body: { reason: '' },
    now
  })
  const job = connector ? jobFor(host, { inbox, connector }, event) : null
  const [outcome] = await queue.commit([{ event, open: true, puts: [{ put: 'closed', conversation: id }], ...(job && { job }) }])
  if (outcome?.kind === 'moved') return { error: UNKNOWN }
  if (job && outcome?.kind === 'stored') dispatcher.add({ conversation: id, seq: outcome.seq, state: 'waiting', attempts: 0, ...job })
  // What was started while the others were cancelled; from the end on nothing is.
  await cancelRuns({ core, runs }, id)
  return { ok: true }
}

async function cancelRuns({ core, runs }: Pick<Parts, 'core' | 'runs'>, id: ConversationId): Promise<void> {
  const waiting = (await core.store.runsWith(WAITING)).filter(({ conversation }) => conversation === id)
  for (const { run } of waiting) await runs.fail(run, { reason: 'cancelled', text: 'Cancelled, because the conversation was ended.' })
}
