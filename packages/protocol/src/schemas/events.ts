import * as v from 'valibot'
import type { EventBodies, EventType, ParleyEvent } from '../event.js'
import { argumentMap, author, count, fraction, instant, linkId, messageId, participant, participantId, positive, runId, text } from './basics.js'
import { parts } from './parts.js'
import { type Result, read } from './result.js'

const linkEnd = v.object({ link: linkId, partner: text(100) })

const BODIES = {
  'conversation.opened': v.object({ inbox: text(100) }),
  'conversation.closed': v.object({ reason: text(200) }),
  'handoff.completed': v.object({ to: text(100), name: text(200) }),
  'participant.joined': v.object({ participant }),
  'participant.left': v.object({ participant: participantId }),
  'message.created': v.object({ parts, about: v.optional(messageId) }),
  'answer.given': v.object({ to: messageId, value: text(500), label: v.optional(text(500)) }),
  'run.started': v.object({ run: runId, command: text(32), args: argumentMap }),
  'run.progressed': v.object({ run: runId, state: v.picklist(['accepted', 'working']), text: v.optional(text(4_000)), fraction: v.optional(fraction) }),
  'run.finished': v.object({ run: runId, parts, late: v.optional(v.boolean()) }),
  'run.failed': v.object({
    run: runId,
    reason: v.picklist(['refused', 'failed', 'timedOut', 'cancelled', 'unknownOutcome']),
    text: text(4_000),
    again: v.optional(v.boolean()),
    late: v.optional(v.boolean())
  }),
  'link.requested': v.object({ link: linkId, run: v.optional(runId), partner: text(100), url: text(4_096), code: text(20), expiresInS: count }),
  'link.completed': linkEnd,
  'link.refused': linkEnd,
  'link.expired': linkEnd
} satisfies { [Type in EventType]: v.GenericSchema<unknown, EventBodies[Type]> }

const envelope = v.object({ seq: positive, messageId, type: text(64), author, at: instant, body: v.unknown() })

/**
 * One event, whole. The envelope must hold; a kind this version does not know, or a body that is not
 * as its kind wants, becomes `unknown`: it keeps its number, so that no hole opens behind it.
 */
const event = v.pipe(
  envelope,
  v.transform((found): ParleyEvent => {
    const { type, body } = found
    const parsed = Object.hasOwn(BODIES, type) ? v.safeParse(BODIES[type as EventType], body, { abortEarly: true }) : null
    if (parsed?.success) return { ...found, type, body: parsed.output } as ParleyEvent
    return { ...found, type: 'unknown', body: { was: type } }
  })
)

/** One event, checked whole: for gateways, and for clients that do not trust theirs. */
export const readEvent = (payload: unknown): Result<ParleyEvent> => read(event, payload)
