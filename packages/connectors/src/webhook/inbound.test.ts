import { findForeignFault } from '@parley/protocol'
import { parts as partsSchema } from '@parley/protocol/schemas'
import * as fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import answerWhole from './fixtures/answer-whole.json' with { type: 'json' }
import callbackWhole from './fixtures/callback-whole.json' with { type: 'json' }
import { partsOfResult, readAnswer, readCallback } from './inbound.js'

test('an answer with all that it may hold is read whole; what is not known of it is passed by', () => {
  const { messages, ...rest } = answerWhole
  expect(readAnswer({ ...answerWhole, later: true })).toEqual({
    ok: true,
    value: { ...rest, messages: [{ id: 'greeting-1', parts: [{ kind: 'text', text: messages[0]?.text }] }, { parts: messages[1]?.parts }] }
  })
})

test('a call brings the conversation and the run as well', () => {
  const { messages, ...rest } = callbackWhole
  expect(readCallback(callbackWhole)).toEqual({ ok: true, value: { ...rest, messages: [{ parts: [{ kind: 'text', text: messages[0]?.text }] }] } })
})

const SAYS = 'either "text", a text that is not empty, or "parts", a list of 1 to 100 parts'
const FIT = { conversation: 'AAAAAAAAAAAAAAAAAAAAAA' }
const withParts = (...parts: readonly unknown[]) => ({ messages: [{ text: 'first' }, { parts }] })
const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)])

describe('what is not as wanted is refused as a whole, with the place and without anybody’s words:', () => {
  test.each<[string, unknown, string]>([
    ['a list', [], 'The body is a list; an object is wanted.'],
    ['nothing', null, '"" is not as wanted: Object'],
    ['messages that are none', { messages: 'secret words' }, '"messages" is not as wanted: Array'],
    ['a message of nothing', { messages: [{}] }, `"messages.0" is not as wanted: ${SAYS}`],
    ['text and parts', { messages: [{ text: 'secret words', parts: [{ kind: 'text', text: 'x' }] }] }, `"messages.0" is not as wanted: ${SAYS}`],
    ['an empty text', { messages: [{ text: '' }] }, `"messages.0.text" is not as wanted: ${SAYS}`],
    ['no parts', withParts(), `"messages.1.parts" is not as wanted: ${SAYS}`],
    [
      'an id with a blank',
      { messages: [{ id: 'secret words', text: 'x' }] },
      '"messages.0.id" is not as wanted: an id of 1 to 200 printable characters without blanks'
    ],
    [
      'an unknown kind',
      withParts({ kind: 'secret words' }),
      '"messages.1.parts.0.kind" is not as wanted: ("text" | "link" | "file" | "choices" | "cards" | "data")'
    ],
    [
      'a sign-in',
      withParts({ kind: 'sign-in', url: 'https://x.example/', partner: 'x', code: 'x', expiresInS: 1 }),
      '"messages.1.parts.0.kind" is not as wanted: ("text" | "link" | "file" | "choices" | "cards" | "data")'
    ],
    ['a link that is none', withParts({ kind: 'link', url: 'javascript:alert(1)' }), '"messages.1.parts.0.url" is not as wanted: not a web address'],
    [
      'choices without any',
      withParts({ kind: 'choices', choices: [] }),
      '"messages.1.parts.0.choices" is not as wanted: Invalid length: Expected >=1 but received 0'
    ],
    ['a card without a title', withParts({ kind: 'cards', cards: [{ text: 'x' }] }), '"messages.1.parts.0.cards.0.title" is not as wanted: "title"'],
    ['a reason that is empty', { end: '' }, '"end" is not as wanted: the reason that people read, 1 to 200 characters'],
    ['typing for an hour', { typing: 3_600_000 }, '"typing" is not as wanted: a number of milliseconds from 1 to 60000'],
    ['more than all', { progress: { fraction: 1.5 } }, '"progress.fraction" is not as wanted: a number from 0 to 1'],
    ['too much state', { state: 'x'.repeat(32_767) }, '"state" is not as wanted: at most 32768 bytes as JSON, and it has 32769'],
    [
      'too long a message',
      withParts({ kind: 'text', text: 'x'.repeat(150_000) }, { kind: 'text', text: 'x'.repeat(60_000) }),
      '"messages.1" is not as wanted: at most 200000 characters as JSON'
    ],
    ['too many messages', { messages: Array.from({ length: 21 }, () => ({ text: 'x' })) }, '"messages" is not as wanted: at most 20 messages'],
    ['data deeper than a client reads', withParts({ kind: 'data', value: deep(27) }), '"messages.1" holds nested deeper than 32'],
    ['a key that means something to JavaScript', JSON.parse('{"state":{"__proto__":{"polluted":true}}}'), 'The body holds the key "__proto__".'],
    ['half a character', { messages: [{ text: '\ud800' }] }, 'The body holds text with half a character.']
  ])('%s', (_what, value, text) => {
    expect(readAnswer(value)).toEqual({ ok: false, text })
    const call = typeof value === 'object' && !Array.isArray(value) && value !== null ? readCallback({ ...value, ...FIT }) : readCallback(value)
    expect(call.ok).toBe(false)
  })

  test('a call without a conversation, or for a run that nobody could have', () => {
    expect([readCallback({}), readCallback({ ...FIT, run: 'x' })]).toEqual([
      { ok: false, text: '"conversation" is not as wanted: "conversation"' },
      { ok: false, text: '"run" is not as wanted: an id as it came with the request' }
    ])
  })
})

test('a run has one result: what is more than that is told', () => {
  const many = readAnswer({ messages: Array.from({ length: 20 }, () => ({ parts: Array.from({ length: 6 }, () => ({ kind: 'text', text: 'x' })) })) })
  const few = readAnswer({ messages: [{ text: 'a' }, { text: 'b' }] })
  expect([many.ok && partsOfResult(many.value), few.ok && partsOfResult(few.value)]).toEqual([
    null,
    [
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'b' }
    ]
  ])
})

const part = fc.oneof(
  fc.record({ kind: fc.constant('text'), text: fc.string({ unit: 'grapheme' }) }),
  fc.record({
    kind: fc.constantFrom('text', 'choices', 'cards', 'link', 'file', 'data', 'moon'),
    value: fc.jsonValue(),
    text: fc.jsonValue(),
    choices: fc.jsonValue(),
    cards: fc.jsonValue()
  }),
  fc.jsonValue()
)
const message = fc.oneof(fc.record({ text: fc.jsonValue() }), fc.record({ parts: fc.array(part) }), fc.jsonValue())
const said = fc.oneof(
  fc.jsonValue(),
  fc.record({ messages: fc.array(message), state: fc.jsonValue(), typing: fc.jsonValue(), end: fc.jsonValue() }, { requiredKeys: [] })
)

test('whatever comes is refused with a sentence, or read into parts that every client can show as they are', () => {
  void fc.assert(
    fc.property(said, (value) => {
      const read = readAnswer(value)
      if (!read.ok) {
        expect(read.text).not.toBe('')
        return
      }
      for (const { parts } of read.value.messages) {
        expect(v.parse(partsSchema, parts)).toEqual(parts)
        expect(parts.filter(({ kind }) => kind === 'unknown')).toEqual([])
        expect(findForeignFault({ events: [{ body: { parts } }] })).toBe(null)
      }
    }),
    { numRuns: 200 }
  )
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})
