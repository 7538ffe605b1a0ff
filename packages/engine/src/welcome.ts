import { type Hello, PROTOCOL_VERSION, type Standing, type Welcome, type WelcomeConversation, type WireError } from '@parley/protocol'
import { UNKNOWN } from './append-frame.js'
import { commandsFor } from './command-rights.js'
import type { Connector } from './connector.js'
import type { Core } from './core.js'
import { visitorAuthor } from './identity.js'
import { decideResume } from './resume-decision.js'
import type { ConversationRecord, VisitorId } from './records.js'
import type { Who } from './who.js'

export type Place = { readonly record: ConversationRecord; readonly welcome: WelcomeConversation }

/** Is it this visitor's, and not merged into another one? */
export const isOwn = (record: ConversationRecord | null, who: { readonly visitor: VisitorId; readonly inbox: string }): record is ConversationRecord =>
  record?.visitor === who.visitor && record.inbox === who.inbox && record.mergedInto === null

/** The conversations that a `hello` names, if every one is this visitor's; the same answer for "not yours" and "not there". */
export async function findPlaces(
  core: Core,
  hello: Hello,
  who: { readonly visitor: VisitorId; readonly inbox: string }
): Promise<readonly Place[] | WireError> {
  const places: Place[] = []
  for (const standing of hello.conversations) {
    const record = await core.store.conversation(standing.id)
    if (!isOwn(record, who) || standing.log !== 'public') return UNKNOWN
    places.push({ record, welcome: await welcomeConversation(core, standing, hello, who.visitor) })
  }
  return places
}

async function welcomeConversation({ store, host }: Core, standing: Standing, { device }: Hello, visitor: VisitorId): Promise<WelcomeConversation> {
  const { id, log, cursor } = standing
  const head = await store.head(id, log)
  const atCursor = cursor > 0 ? await store.messageIdAt(id, log, cursor) : null
  const receipts = await store.receipts(id)
  return {
    id,
    log,
    epoch: store.epoch,
    head,
    ...decideResume(standing, { epoch: store.epoch, head, atCursor }),
    lastDeviceSeq: await store.lastDeviceSeq(id, device),
    you: visitorAuthor(host.seal, visitor, id).id,
    receipts: receipts.map(({ participant, got, read }) => ({ participant, got, read }))
  }
}

/** The first frame of every connection. */
export function welcomeFrame({ limits }: Core, places: readonly Place[], connector: Connector, { roles = [], expiresInS }: Who): Welcome {
  return {
    v: PROTOCOL_VERSION,
    conversations: places.map((place) => place.welcome),
    commands: commandsFor(connector, roles),
    limits,
    expiresInS: Math.max(1, Math.floor(expiresInS)),
    features: connector.complete ? ['check', 'complete', 'end'] : ['check', 'end']
  }
}
