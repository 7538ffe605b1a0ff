import type { ConversationId, ErrorCode, EventBodies, EventType, MessageId, WireError } from '@parley/protocol'
import { UNKNOWN } from './append-frame.js'
import type { Core } from './core.js'
import type { Dispatcher } from './dispatcher.js'
import { botAuthor, externalMessageId, randomId, visitorAuthor, visitorFromInboxSubject, visitorFromKey, visitorFromSubject } from './identity.js'
import { jobFor } from './job-for.js'
import { newEvent } from './new-event.js'
import type { Person } from './person.js'
import type { ConversationRecord, NewEvent, VisitorId } from './records.js'

export type Entry = { readonly visitorKey: string | null; readonly person: Person | null }

/** The visitor of this key, or of this name, and their open conversation in the inbox; both made when they are not there. */
export async function enterInbox(
  core: Core,
  dispatcher: Pick<Dispatcher, 'add'>,
  inbox: string,
  { visitorKey, person }: Entry
): Promise<{ readonly visitor: VisitorId; readonly conversation: ConversationId } | WireError> {
  const { host, store, connectors } = core
  const connector = connectors.get(inbox)
  if (!connector) return { code: 'inbox.unknown' satisfies ErrorCode, text: `There is no inbox "${inbox.slice(0, 60)}" here.` }
  if (connector.capabilities.identity === 'required' && person?.namedBy !== 'connector')
    return { code: 'identity.required' satisfies ErrorCode, text: 'Sign in to use this chat.' }
  const visitor = person ? named(core, inbox, person) : anonymous(core, visitorKey)
  const now = host.clock.now()
  const fresh: ConversationRecord = {
    id: randomId<ConversationId>(host.chance),
    inbox,
    visitor,
    status: 'open',
    createdAt: new Date(now).toISOString(),
    mergedInto: null,
    answering: null
  }
  const names = { visitor: person?.name ?? null, bot: connector.capabilities.participant.name }
  if (person) await keepPerson(core, visitor, person)
  const opening = openingEvents(core, fresh, names, now)
  const job = jobFor(host, { inbox, connector }, opening[0]) ?? undefined
  const record = await store.openConversation(fresh, opening, job)
  if (job && record.id === fresh.id) dispatcher.add({ conversation: fresh.id, seq: 1, state: 'waiting', attempts: 0, ...job })
  if (person && visitorKey !== null) await mergeInto(core, record, visitorFromKey(host.seal, visitorKey))
  if (person) await core.audit.record({ name: 'identity.accepted', inbox, conversation: record.id, visitor, fields: { roles: (person.roles ?? []).join(' ') } })
  return { visitor, conversation: record.id }
}

const named = ({ host }: Core, inbox: string, { subject, namedBy }: Person): VisitorId =>
  namedBy === 'connector' ? visitorFromInboxSubject(host.seal, inbox, subject) : visitorFromSubject(host.seal, subject)

/** What connectors are told of them is the newest word. */
async function keepPerson({ store, queue }: Core, visitor: VisitorId, { subject, name }: Person): Promise<void> {
  const kept = await store.person(visitor)
  if (kept?.name !== name || kept.subject !== subject) await queue.commit([{ puts: [{ put: 'person', person: { visitor, subject, name } }] }])
}

/** Without a key nobody can come back, so nobody else may, either. */
const anonymous = ({ host }: Core, visitorKey: string | null): VisitorId =>
  visitorKey === null ? randomId<VisitorId>(host.chance) : visitorFromKey(host.seal, visitorKey)

/** What was said without a name is the named visitor's now. Whoever still sits there is sent to where it went. */
async function mergeInto({ host, store, audience }: Core, { id, inbox, visitor }: ConversationRecord, from: VisitorId): Promise<void> {
  const authors = { visitor: visitorAuthor(host.seal, visitor, id), bot: botAuthor(host.seal, inbox, id) }
  const merged = await store.merge({ inbox, from, to: visitor, into: id, authors })
  if (!merged) return
  host.log.info({ from: merged.from, into: id, rows: merged.events.length }, 'a conversation was merged')
  audience.publish({ conversation: id, log: 'public', events: merged.events })
  audience.dismiss(merged.from, UNKNOWN)
}

type Names = { readonly visitor: string | null; readonly bot: string }

function openingEvents({ host }: Core, { id, inbox, visitor }: ConversationRecord, names: Names, now: number): [opened: NewEvent, ...others: NewEvent[]] {
  const author = visitorAuthor(host.seal, visitor, id)
  const bot = botAuthor(host.seal, inbox, id)
  const event = <Type extends EventType>(key: string, type: Type, body: EventBodies[Type]): NewEvent => {
    const messageId: MessageId = externalMessageId(host.seal, inbox, `${id}:${key}`)
    return newEvent({ conversation: id, messageId, type, author, body, now })
  }
  return [
    event('opened', 'conversation.opened', { inbox }),
    event('visitor', 'participant.joined', { participant: names.visitor === null ? author : { ...author, name: names.visitor } }),
    event('bot', 'participant.joined', { participant: { ...bot, name: names.bot } })
  ]
}
