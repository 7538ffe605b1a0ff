import { type ArgumentValue, type Draft, type DraftBodies, findForeignFault, LIMITS, MESSAGE_ID, ParleyError } from '@parley/protocol'

/** As the protocol's schemas have them; `draft-check.test.ts` holds the two together. */
const ANSWER_CHARACTERS = 500
const ARGUMENT_CHARACTERS = 4_000
const LIST_ITEMS = 100

/**
 * Is this what the gateway will take? Asked before the outbox does: there it would take a number.
 * The whole schema stays on the gateway; here is what a caller of the SDK can get wrong.
 * @throws ParleyError `append.tooLarge`, `append.invalid`
 */
export function checkDraft(draft: Draft, limitBytes: number = LIMITS.bodyBytes): void {
  const bytes = new TextEncoder().encode(JSON.stringify({ type: draft.type, body: draft.body })).length
  if (bytes > limitBytes) throw new ParleyError('append.tooLarge', `The message has ${bytes} bytes; at most ${limitBytes} are wanted.`)
  const foreign = findForeignFault(draft.body)
  const fault = foreign ? `The message holds ${foreign}.` : bodyFault(draft)
  if (fault) throw new ParleyError('append.invalid', fault)
}

function bodyFault(draft: Draft): string | null {
  if (draft.type === 'answer.given') return answerFault(draft.body)
  if (draft.type === 'run.started')
    return Object.values(draft.body.args).some(isTooLong)
      ? `An argument has more than ${ARGUMENT_CHARACTERS} characters, or more than ${LIST_ITEMS} words.`
      : null
  return null
}

function answerFault({ to, value, label = '' }: DraftBodies['answer.given']): string | null {
  if (!MESSAGE_ID.test(to)) return `"${to}" is not the id of a message.`
  return Math.max(value.length, label.length) > ANSWER_CHARACTERS ? `An answer has at most ${ANSWER_CHARACTERS} characters.` : null
}

function isTooLong(value: ArgumentValue): boolean {
  if (typeof value === 'object') return value.length > LIST_ITEMS || value.some(isTooLong)
  return typeof value === 'string' && value.length > ARGUMENT_CHARACTERS
}
