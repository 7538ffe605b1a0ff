import type { EventBodies, KnownEvent, LinkId, MessageId, ParticipantId, RunId } from '@parley/protocol'
import type { Delivery } from '../connector.js'
import type { SampleEvent } from './connector-bench.js'
import type { FakePort } from './fake-port.js'

const ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const link = { link: ID as LinkId, partner: 'Partner' }

const BODIES: EventBodies = {
  'conversation.opened': { inbox: 'flows' },
  'conversation.closed': { reason: 'ended' },
  'handoff.completed': { to: 'people', name: 'Desk' },
  'participant.joined': { participant: { id: ID as ParticipantId, role: 'agent', name: 'Desk' } },
  'participant.left': { participant: ID as ParticipantId },
  'message.created': { parts: [{ kind: 'text', text: 'hello' }] },
  'answer.given': { to: ID as MessageId, value: 'yes' },
  'run.started': { run: ID as RunId, command: 'no-such-command', args: {} },
  'run.progressed': { run: ID as RunId, state: 'accepted' },
  'run.finished': { run: ID as RunId, parts: [] },
  'run.failed': { run: ID as RunId, reason: 'failed', text: 'no' },
  'link.requested': { ...link, url: 'https://example.test/', code: 'AAA-BBB', expiresInS: 600 },
  'link.completed': link,
  'link.refused': link,
  'link.expired': link
}

/** One event of every kind there is, as the protocol has them. */
export const sampleEvents = (): readonly SampleEvent[] => Object.entries(BODIES).map(([type, body]) => ({ type, body }) as SampleEvent)

/** One event of every kind there is, and one of a kind that is still to come. */
export function foreignDeliveries(port: FakePort): readonly Delivery[] {
  const known = sampleEvents().map(({ type, body }) => port.deliveryOf(type, body))
  const later = port.deliveryOf('conversation.opened', BODIES['conversation.opened'])
  return [...known, { ...later, event: { ...later.event, type: 'moon.landed' } as unknown as KnownEvent }]
}
