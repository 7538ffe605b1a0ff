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
/** One of these words: what every page loads goes without `v.picklist`. */
export const oneOf = <const Option extends string>(...options: readonly Option[]) =>
  v.pipe(
    v.string(),
    v.check((value) => (options as readonly string[]).includes(value), `one of ${options.join(', ')} is wanted`),
    v.transform((value) => value as Option)
  )
export const logName = oneOf('public', 'staff')
const whole = (least: number) =>
  v.pipe(
    v.number(),
    v.check((value) => Number.isSafeInteger(value) && value >= least, `a whole number from ${least} on is wanted`)
  )
export const count = whole(0)
export const positive = whole(1)
export const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
export const text = (most: number) => v.pipe(v.string(), v.maxLength(most))
export const instant = v.pipe(v.string(), v.isoTimestamp())
export const author = v.object({ id: participantId, role: oneOf('visitor', 'agent', 'bot') })
export const participant = v.object({ ...author.entries, name: v.optional(text(200)) })
const argumentValue = v.union([text(4_000), v.number(), v.boolean(), v.pipe(v.array(text(4_000)), v.maxLength(100))])
export const argumentMap = v.record(text(64), argumentValue)
