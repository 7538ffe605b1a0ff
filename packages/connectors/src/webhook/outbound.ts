import type { EventType, Json, KnownEvent, Part } from '@parley/protocol'
import type { ConnectorPerson, ConnectorPort, Delivery } from '@parley/engine'
import { TYPES, type WebhookType } from './config.js'
import { type ContextItem, contextOf, textOf } from './context.js'

/** What a bot is sent. */
export type BotRequest = {
  readonly type: WebhookType
  readonly conversation: string
  /** Absent for somebody without a name. */
  readonly visitor?: ConnectorPerson
  readonly message?: { readonly id: string; readonly text: string; readonly parts: readonly Part[] }
  readonly answer?: { readonly to: string; readonly value: string; readonly label: string }
  readonly command?: { readonly name: string; readonly args: object; readonly run: string }
  /** What was said before, oldest first. */
  readonly context: readonly ContextItem[]
  /** What the bot gave last. */
  readonly state: Json
  /** Where it may say more later; `null` where nothing from outside is taken. */
  readonly callback: string | null
}

/** What goes along with every event. */
export type Surroundings = { readonly earlier: readonly KnownEvent[]; readonly state: Json; readonly callback: string | null }

const TYPE_OF: ReadonlyMap<EventType, WebhookType> = new Map(Object.entries(TYPES).map(([type, event]) => [event, type as WebhookType]))

/** What happened here → what the bot is told of it; `null` for what it is never told. */
export function toBot({ event, conversation, person }: Pick<Delivery, 'event' | 'conversation' | 'person'>, around: Surroundings): BotRequest | null {
  const type = TYPE_OF.get(event.type)
  if (!type) return null
  return {
    type,
    conversation,
    ...(person ? { visitor: { subject: person.subject, name: person.name } } : {}),
    ...contentOf(event),
    context: contextOf(around.earlier),
    state: around.state,
    callback: around.callback
  }
}

function contentOf(event: KnownEvent): Pick<BotRequest, 'message' | 'answer' | 'command'> {
  switch (event.type) {
    case 'message.created':
      return { message: { id: event.messageId, text: textOf(event.body.parts), parts: event.body.parts } }
    case 'answer.given':
      return { answer: { to: event.body.to, value: event.body.value, label: event.body.label ?? event.body.value } }
    case 'run.started':
      return { command: { name: event.body.command, args: event.body.args, run: event.body.run } }
    default:
      return {}
  }
}

/**
 * The id of the request that tells of one event: the same at every attempt. Sealed, because an idempotency key may hold
 * the full stop that the convention's ids must not have.
 */
export const webhookIdOf = (port: Pick<ConnectorPort, 'sign'>, { idempotencyKey }: Pick<Delivery, 'idempotencyKey'>): string =>
  `msg_${port
    .sign('webhook', idempotencyKey)
    .replace(/[^A-Za-z0-9_-]/g, '')
    .slice(0, 43)}`
