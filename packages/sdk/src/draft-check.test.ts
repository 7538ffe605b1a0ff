import { type Draft, LIMITS, type MessageId, ParleyError } from '@parley/protocol'
import { readClientFrame } from '@parley/protocol/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkDraft } from './draft-check.js'

const ID = 'A'.repeat(22)

function codeOf(draft: Draft, limitBytes?: number): string {
  try {
    checkDraft(draft, limitBytes)
    return 'taken'
  } catch (error) {
    return ParleyError.is(error) ? error.code : String(error)
  }
}

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('x'.repeat(500), 'x'.repeat(501), 'x'.repeat(4_000), 'x'.repeat(4_001), '\ud800')
)
const argument = fc.oneof(
  words,
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.array(words, { maxLength: 5 }),
  fc.constantFrom(new Array(100).fill('x'), new Array(101).fill('x'))
)
const draft: fc.Arbitrary<Draft> = fc.oneof(
  words.map((text): Draft => ({ type: 'message.created', body: { parts: [{ kind: 'text', text }] } })),
  fc
    .record({ to: fc.oneof(words, fc.constant('flows:question-1')), value: words, label: words })
    .map((body): Draft => ({ type: 'answer.given', body: { ...body, to: body.to as MessageId } })),
  fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), argument, { maxKeys: 3 }).map((args): Draft => ({ type: 'run.started', body: { command: 'go', args } })),
  fc.constant<Draft>({ type: 'void', body: {} })
)

test('what it takes the gateway takes, and what it refuses the gateway would refuse', () => {
  fc.assert(
    fc.property(draft, (given) => {
      const frame = readClientFrame('append', { conversation: ID, deviceSeq: 1, messageId: ID, after: 0, ...given })
      expect(codeOf(given, Number.MAX_SAFE_INTEGER)).toBe(frame.ok ? 'taken' : 'append.invalid')
    }),
    { numRuns: 500 }
  )
})

test('the size is counted in bytes of the whole message, exact at the edge', () => {
  const sized = (bytes: number): Draft => ({ type: 'message.created', body: { parts: [{ kind: 'text', text: 'x'.repeat(bytes) }] } })
  const around = new TextEncoder().encode(JSON.stringify(sized(0))).length
  expect([codeOf(sized(LIMITS.bodyBytes - around)), codeOf(sized(LIMITS.bodyBytes - around + 1))]).toEqual(['taken', 'append.tooLarge'])
  expect(codeOf({ type: 'message.created', body: { parts: [{ kind: 'text', text: 'ü'.repeat(LIMITS.bodyBytes / 2) }] } })).toBe('append.tooLarge')
})
