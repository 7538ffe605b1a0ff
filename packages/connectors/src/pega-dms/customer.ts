import type { ConnectorPerson, ConnectorPort } from '@parley/engine'
import { type ConversationId, RANDOM_ID } from '@parley/protocol'

/**
 * Under which id DMS gets to know a visitor, and back. Somebody who was named has their subject. Anybody else has an id
 * made of the conversation and a mark that only this gateway can make: it is found again without being written down, after
 * a restart too, and cannot be made up.
 */

/** Whom an id of DMS stands for. */
export type CustomerReference = { readonly kind: 'conversation'; readonly conversation: ConversationId } | { readonly kind: 'person'; readonly subject: string }

/** 22 characters are 132 bits. */
const MARK_CHARACTERS = 22
const MARKED = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})$/

/**
 * @param isTheirOwn whether the conversation is found by the person's subject. One that was handed over here from another
 * inbox is not: it goes by the conversation, so that answers find their way back.
 */
export const customerIdOf = (
  port: Pick<ConnectorPort, 'sign'>,
  { conversation, person }: { readonly conversation: ConversationId; readonly person: ConnectorPerson | null },
  isTheirOwn: boolean
): string => (person && isTheirOwn ? person.subject : `${conversation}.${markOf(port, conversation)}`)

/** @returns an id with a mark that is not ours is taken for a subject, which then is nobody's */
export function readCustomerId(port: Pick<ConnectorPort, 'sign' | 'equal'>, id: string): CustomerReference | null {
  if (id === '') return null
  const [, conversation = '', mark = ''] = MARKED.exec(id) ?? []
  const isOurs = RANDOM_ID.test(conversation) && port.equal(markOf(port, conversation), mark)
  return isOurs ? { kind: 'conversation', conversation: conversation as ConversationId } : { kind: 'person', subject: id }
}

const markOf = (port: Pick<ConnectorPort, 'sign'>, conversation: string): string => port.sign('customer', conversation).slice(0, MARK_CHARACTERS)
