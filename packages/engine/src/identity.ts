import { type ConversationId, idFromBytes, type MessageId, MESSAGE_ID, type ParticipantId, type Author } from '@parley/protocol'
import type { Chance, Seal } from './host.js'
import type { VisitorId } from './records.js'

/** 128 bits of a keyed hash are as good as an id as 128 random ones. */
const ID_CHARACTERS = 22

/** A random id of 22 characters, of whatever kind the caller needs. */
export const randomId = <Id extends string>(chance: Chance): Id => idFromBytes(chance.bytes(16)) as Id

/** Who a browser is: nobody can go from here back to its key. */
export const visitorFromKey = (seal: Seal, key: string): VisitorId => seal.sign('visitor', key).slice(0, ID_CHARACTERS) as VisitorId

/** Who somebody is whom the host's server has named: never anybody known by a key. */
export const visitorFromSubject = (seal: Seal, subject: string): VisitorId => seal.sign('named visitor', subject).slice(0, ID_CHARACTERS) as VisitorId

/** Who somebody is whom the outside system of an inbox has named: nobody whom the host or another inbox's outside names. */
export const visitorFromInboxSubject = (seal: Seal, inbox: string, subject: string): VisitorId =>
  seal.sign('visitor named outside', `${inbox.length} ${inbox} ${subject}`).slice(0, ID_CHARACTERS) as VisitorId

/** A visitor as the others in one conversation see them: another one in each conversation. */
export const visitorAuthor = (seal: Seal, visitor: VisitorId, conversation: ConversationId): Author => ({
  id: seal.sign('participant', `${visitor} ${conversation}`).slice(0, ID_CHARACTERS) as ParticipantId,
  role: 'visitor'
})

/** The machine that answers in an inbox. */
export const botAuthor = (seal: Seal, inbox: string, conversation: ConversationId): Author => ({
  id: seal.sign('participant', `bot ${inbox} ${conversation}`).slice(0, ID_CHARACTERS) as ParticipantId,
  role: 'bot'
})

/** Somebody on the answering side, known out there by `key`: the same participant always, in this conversation only. */
export const outsideAuthor = (
  seal: Seal,
  inbox: string,
  conversation: ConversationId,
  { key, role }: { readonly key: string; readonly role: 'agent' | 'bot' }
): Author => ({
  id: seal.sign('participant', `${role} ${inbox} ${conversation} ${key}`).slice(0, ID_CHARACTERS) as ParticipantId,
  role
})

/** A messageId out of an outside id: the same one always, and always one that the wire takes. */
export function externalMessageId(seal: Seal, inbox: string, externalId: string): MessageId {
  const plain = `${inbox}:${externalId}`
  return (MESSAGE_ID.test(plain) ? plain : `${inbox}:${seal.digest(externalId)}`) as MessageId
}

/** A conversation ends once, whoever ends it. */
export const closingId = (seal: Seal, { id, inbox }: { readonly id: ConversationId; readonly inbox: string }): MessageId =>
  externalMessageId(seal, inbox, `${id}:closed`)
