import * as v from 'valibot'
import type { ConversationId, DeviceId, Epoch, LinkId, MessageId, ParticipantId, RunId } from '../id.js'
import { MESSAGE_ID, RANDOM_ID } from '../id.js'

const id = <Id extends string>(pattern: RegExp) =>
  v.pipe(
    v.string(),
    v.regex(pattern, 'not an id of this kind'),
    v.transform((text) => text as Id)
  )

export const conversationId = id<ConversationId>(RANDOM_ID)
export const deviceId = id<DeviceId>(RANDOM_ID)
export const runId = id<RunId>(RANDOM_ID)
export const linkId = id<LinkId>(RANDOM_ID)
export const participantId = id<ParticipantId>(RANDOM_ID)
export const epoch = id<Epoch>(RANDOM_ID)
export const messageId = id<MessageId>(MESSAGE_ID)
/** What a client may give a message: never an id that a connector could make. */
export const freshMessageId = id<MessageId>(RANDOM_ID)
export const logName = v.picklist(['public', 'staff'])
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
export const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
export const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
export const text = (most: number) => v.pipe(v.string(), v.maxLength(most))
export const instant = v.pipe(v.string(), v.isoTimestamp())
export const author = v.object({ id: participantId, role: v.picklist(['visitor', 'agent', 'bot']) })
export const participant = v.object({ ...author.entries, name: v.optional(text(200)) })
const argumentValue = v.union([text(4_000), v.number(), v.boolean(), v.pipe(v.array(text(4_000)), v.maxLength(100))])
export const argumentMap = v.record(text(64), argumentValue)
