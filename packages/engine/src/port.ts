import type { ConversationId } from '@parley/protocol'
import { ofRun } from './audit.js'
import type { AuditNote } from './audit-record.js'
import type { ConnectorPort, Fetch, InboundMessage, Recorded } from './connector.js'
import type { Core } from './core.js'
import { botAuthor, externalMessageId, randomId } from './identity.js'
import type { Links } from './links.js'
import { newEvent } from './new-event.js'
import type { Runs } from './runs.js'
import { presentableParts } from './presentable.js'
import { type ConversationRecord, WAITING } from './records.js'

type Parts = { readonly inbox: string; readonly publicUrl: string; readonly fetch: Fetch; readonly runs: Runs; readonly links: Links }

/** The engine as one inbox's connector sees it. */
export function createPort({ host, store, queue, audience, audit }: Core, { inbox, publicUrl, fetch, runs, links }: Parts): ConnectorPort {
  const { clock, chance, log, seal } = host
  const replyToken = (run: string): string => seal.sign('reply', `${inbox} ${run}`)

  /** Outside they may know a conversation by the id it had before it was merged into another one. */
  async function find(id: ConversationId): Promise<ConversationRecord | null> {
    const record = await store.conversation(id)
    if (record?.inbox !== inbox) return null
    return record.mergedInto ? find(record.mergedInto) : record
  }

  async function append({ conversation: id, externalId, parts }: InboundMessage): Promise<Recorded> {
    const record = await find(id)
    if (!record || record.status === 'closed') return 'ended'
    const conversation = record.id
    const messageId = externalMessageId(seal, inbox, externalId)
    const event = newEvent({
      conversation,
      messageId,
      type: 'message.created',
      author: botAuthor(seal, inbox, conversation),
      body: { parts: presentableParts(parts) },
      now: clock.now()
    })
    const [outcome] = await queue.commit([{ event }])
    if (outcome?.kind === 'moved') return append({ conversation, externalId, parts })
    return outcome?.kind === 'stored' ? 'recorded' : 'known'
  }

  async function close(id: ConversationId, reason: string): Promise<void> {
    const record = await find(id)
    if (!record || record.status === 'closed') return
    const conversation = record.id
    const messageId = externalMessageId(seal, inbox, `${conversation}:closed`)
    const event = newEvent({
      conversation,
      messageId,
      type: 'conversation.closed',
      author: botAuthor(seal, inbox, conversation),
      body: { reason },
      now: clock.now()
    })
    await queue.commit([{ event, puts: [{ put: 'closed', conversation }] }])
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
    typing: (conversation, forMs) => audience.signal(conversation, { kind: 'typing', by: botAuthor(seal, inbox, conversation).id, forMs }),
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
