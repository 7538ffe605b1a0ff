import type { ConversationId } from '@parley/protocol'
import { ofRun } from './audit.js'
import type { AuditNote } from './audit-record.js'
import type { ConnectorPort, Fetch, InboundAuthor, InboundMessage, Recorded } from './connector.js'
import type { Core } from './core.js'
import { createConversationVerbs } from './conversation-verbs.js'
import type { Dispatcher } from './dispatcher.js'
import { findConversation } from './found-conversation.js'
import { handOver } from './hand-over.js'
import { botAuthor, closingId, externalMessageId, randomId } from './identity.js'
import type { Links } from './links.js'
import { newEvent } from './new-event.js'
import type { Runs } from './runs.js'
import { presentableParts } from './presentable.js'
import { type ConversationRecord, WAITING } from './records.js'
import { createSerial } from './serial.js'
import { joinOf, speakerOf } from './speaker.js'
import type { Unit } from './store.js'

type Parts = {
  readonly inbox: string
  readonly publicUrl: string
  readonly fetch: Fetch
  readonly runs: Runs
  readonly links: Links
  readonly dispatcher: Dispatcher
  readonly commandsChanged: (inbox: string) => void
  readonly reachable: (inbox: string, isReachable: boolean) => void
}

/** The engine as one inbox's connector sees it. */
export function createPort(core: Core, parts: Parts): ConnectorPort {
  const { host, store, queue, audience, audit } = core
  const { inbox, publicUrl, fetch, runs, links, dispatcher } = parts
  const { clock, chance, log, seal } = host
  const replyToken = (run: string): string => seal.sign('reply', `${inbox} ${run}`)

  const serial = createSerial()
  /** One at a time: what it was decided upon still holds when it is written. */
  const handTo = (conversation: ConversationId, to: string): Promise<Recorded> =>
    serial.run(conversation, () => handOver(core, dispatcher, { inbox, conversation }, to))
  const find = (id: ConversationId): Promise<ConversationRecord | null> => findConversation(core, inbox, id)

  /** Whoever speaks has joined. The inbox's own side did when the conversation opened; a guest's may have come by a merge. */
  function joining({ id, inbox: own }: ConversationRecord, from: InboundAuthor | undefined): readonly Unit[] {
    if (from) return [joinOf(host, inbox, id, from)]
    const name = core.connectors.get(inbox)?.capabilities.participant.name
    return own === inbox || name === undefined ? [] : [joinOf(host, inbox, id, name)]
  }

  async function append({ conversation: id, externalId, parts, from }: InboundMessage): Promise<Recorded> {
    const record = await find(id)
    if (!record) return 'ended'
    const conversation = record.id
    const messageId = externalMessageId(seal, inbox, externalId)
    const event = newEvent({
      conversation,
      messageId,
      type: 'message.created',
      author: speakerOf(host, inbox, conversation, from),
      body: { parts: presentableParts(parts) },
      now: clock.now()
    })
    const units = [...joining(record, from), { event }].map((unit): Unit => ({ ...unit, open: true }))
    const outcome = (await queue.commit(units)).at(-1)
    if (outcome?.kind === 'moved') return append({ conversation, externalId, parts, ...(from && { from }) })
    if (outcome?.kind === 'skipped') return 'ended'
    return outcome?.kind === 'stored' ? 'recorded' : 'known'
  }

  async function close(id: ConversationId, reason: string): Promise<void> {
    const record = await find(id)
    if (!record || record.status === 'closed') return
    // Of what was handed over only the part here ends.
    if (record.inbox !== inbox) return void (await handTo(id, record.inbox))
    const conversation = record.id
    const messageId = closingId(seal, record)
    const event = newEvent({
      conversation,
      messageId,
      type: 'conversation.closed',
      author: botAuthor(seal, inbox, conversation),
      body: { reason },
      now: clock.now()
    })
    const [outcome] = await queue.commit([{ event, puts: [{ put: 'closed', conversation }] }])
    // It was merged in the meantime: what is meant ends where it stands now.
    if (outcome?.kind === 'moved') await close(outcome.into, reason)
  }

  async function note({ name, run: id, fields = {} }: AuditNote): Promise<void> {
    const run = id === undefined ? null : await runs.find(id)
    await audit.record({ name, fields, ...(run?.inbox === inbox ? ofRun(run) : { inbox }) })
  }

  return {
    inbox,
    publicUrl,
    clock,
    log,
    fetch,
    append,
    close,
    randomId: () => randomId(chance),
    sign: (purpose, text) => seal.sign(`${inbox} ${purpose}`, text),
    equal: (a, b) => seal.equal(a, b),
    conversation: createConversationVerbs(core, inbox),
    handOver: handTo,
    commandsChanged: () => parts.commandsChanged(inbox),
    reachable: (isReachable) => parts.reachable(inbox, isReachable),
    typing(conversation, forMs, from) {
      // Clients show it of participants: of somebody who has not spoken yet it is not shown.
      audience.signal(conversation, { kind: 'typing', by: speakerOf(host, inbox, conversation, from).id, forMs })
    },
    run: {
      async find(run) {
        const found = await runs.find(run)
        return found?.inbox === inbox ? found : null
      },
      waiting: async () => (await store.runsWith(WAITING)).filter((run) => run.inbox === inbox),
      replyToken,
      hasReplyToken: (run, token) => seal.equal(replyToken(run), token),
      note: runs.note,
      accept: runs.accept,
      progress: runs.progress,
      finish: (run, parts) => runs.finish(run, parts),
      fail: (run, failure) => runs.fail(run, failure)
    },
    link: links.verbs(inbox),
    audit: note
  }
}
