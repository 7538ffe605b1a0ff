import { afterAll, describe, expect, test } from 'vitest'
import { BOT_CHECKS } from './bot-checks.js'
import { prove } from '../prove.js'
import { answerWell, type Asked, type Bot, callBack, type Call, callLater, checkSignature, type Habits, SECRET, says, startBot } from '../testing/bot.js'

const running: Bot[] = []
afterAll(() => Promise.all(running.map((bot) => bot.close())))

const forMessages =
  (answer: (call: Call) => ReturnType<typeof answerWell>) =>
  (call: Call): ReturnType<typeof answerWell> =>
    call.asked.type === 'message' ? answer(call) : answerWell(call)

/** A merge as it is found in many programs: it walks into __proto__. */
function mergeDeeply(into: Record<string, unknown>, from: Readonly<Record<string, unknown>>): Record<string, unknown> {
  for (const [key, value] of Object.entries(from)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      // An object of its own stands for what all objects inherit, so that this test spoils no other.
      const next = key === '__proto__' || key === 'constructor' || key === 'prototype' ? INHERITED : ((into[key] as Record<string, unknown> | undefined) ?? {})
      into[key === '__proto__' ? 'inherited' : key] = mergeDeeply(next, value as Readonly<Record<string, unknown>>)
    } else into[key] = value
  }
  return into
}
const INHERITED: Record<string, unknown> = {}
let counter = 0
const HANDLERS: Readonly<Record<string, (call: Call) => ReturnType<typeof answerWell>>> = { hello: () => says('Hello!') }
const later =
  (call: (url: string, body: object) => Promise<unknown>) =>
  ({ asked }: Call) => {
    const { callback, conversation } = asked
    if (asked.type === 'message' && callback) callLater(() => call(callback, { conversation, messages: [{ text: 'Later.' }] }))
    return asked.type === 'command' ? says('Done.') : { status: 202 }
  }
const OTHER_KEY = Buffer.alloc(32, 1)

/** What is wrong with a bot, and which rules it must be found to break: these and no others. */
const BAD: readonly (readonly [what: string, habits: Habits, broken: readonly string[]])[] = [
  ['hangs', { answer: () => ({ status: 200, afterMs: 60_000 }) }, ['answer.in-time']],
  ['breaks at every message', { answer: forMessages(() => ({ status: 500 })) }, ['answer.status']],
  ['leads elsewhere', { answer: forMessages(() => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' } })) }, ['answer.status']],
  ['answers in HTML', { answer: forMessages(() => ({ status: 200, raw: '<p>Hello</p>' })) }, ['answer.shape']],
  [
    'says a part that no chat knows',
    { answer: forMessages(() => ({ status: 200, body: { messages: [{ parts: [{ kind: 'hologram' }] }] } })) },
    ['answer.shape']
  ],
  ['says text and parts at once', { answer: forMessages(() => ({ status: 200, body: { messages: [{ text: 'a', parts: [] }] } })) }, ['answer.shape']],
  ['says more than fits', { answer: forMessages(() => says('x'.repeat(300_000))) }, ['answer.shape']],
  ['says nothing', { answer: () => ({ status: 202 }) }, ['answer.says']],
  ['looks at no signature', { isSigned: () => true }, ['signature.missing', 'signature.wrong', 'signature.other', 'signature.old', 'signature.early']],
  ['takes requests of any age', { isSigned: (headers, body) => checkSignature(headers, body, Number.POSITIVE_INFINITY) }, ['signature.old', 'signature.early']],
  [
    'takes what is not signed at all',
    { isSigned: (headers, body) => headers['webhook-signature'] === undefined || checkSignature(headers, body) },
    ['signature.missing']
  ],
  [
    'verifies what it has written anew instead of the bytes that came',
    { isSigned: (headers, body) => checkSignature(headers, body) || (body !== '' && checkSignature(headers, writtenAnew(body))) },
    ['signature.other']
  ],
  [
    'gives every message the same id',
    { answer: forMessages(() => ({ status: 200, body: { messages: [{ id: 'one', text: 'Hello!' }] } })) },
    ['talk.side-by-side']
  ],
  [
    'breaks at the second message',
    { answer: forMessages((call) => (/"context":\[\]/.test(call.body) ? answerWell(call) : { status: 500 })) },
    ['talk.goes-on', 'request.full']
  ],
  ['breaks at odd characters', { answer: forMessages((call) => (call.body.includes('\\u0000') ? { status: 500 } : answerWell(call))) }, ['text.odd']],
  [
    'breaks at choices that it never offered',
    { answer: (call) => (call.asked.answer?.value === 'no-such-choice' ? { status: 500 } : answerWell(call)) },
    ['event.answer']
  ],
  ['breaks when a conversation begins', { answer: (call) => (call.asked.type === 'opened' ? { status: 500 } : answerWell(call)) }, ['event.opened-closed']],
  [
    'breaks at commands that it never announced',
    { answer: (call) => (call.asked.command?.name === 'constructor' ? { status: 500 } : answerWell(call)) },
    ['command.unknown']
  ],
  ['never recovers from a fault', { answer: stuckAfter('constructor') }, ['end.still-well']],
  [
    'looks at the first signature alone',
    { isSigned: (headers, body) => checkSignature({ ...headers, 'webhook-signature': String(headers['webhook-signature'] ?? '').split(' ')[0] }, body) },
    ['signature.rotation']
  ],
  ['counts repeats', { remembers: false, answer: forMessages(() => says(`This is message ${++counter}.`)) }, ['repeat.same']],
  [
    'breaks at what is not JSON',
    { read: readOrBreak, answer: (call) => (call.asked.type === 'broken' ? { status: 500 } : answerWell(call)) },
    ['body.not-json']
  ],
  [
    'breaks at kinds that it does not know',
    { answer: (call) => (KINDS.has(String(call.asked.type)) ? answerWell(call) : { status: 500 }) },
    ['body.other-json', 'event.unknown']
  ],
  ['refuses fields that it does not know', { answer: (call) => ('newer' in call.asked ? { status: 422 } : answerWell(call)) }, ['body.new-fields']],
  [
    'looks words up among what objects inherit',
    { answer: forMessages((call) => (HANDLERS[call.asked.message?.text ?? ''] ?? answerWell)(call)) },
    ['names.inherited']
  ],
  [
    'mixes one request into the next',
    {
      answer(call) {
        mergeDeeply({}, JSON.parse(call.body) as Record<string, unknown>)
        return call.asked.type === 'message' ? says(String(INHERITED['greeting'] ?? 'Hello!')) : answerWell(call)
      }
    },
    ['body.prototype-keys']
  ],
  [
    'cannot take long messages',
    { answer: forMessages((call) => (call.body.length > 20_000 ? { status: 413 } : answerWell(call))) },
    ['text.long', 'request.full']
  ],
  [
    'announces a command that no chat can offer',
    { manifest: () => ({ status: 200, body: { commands: [{ name: 'Not A Name', description: '', args: [] }] } }) },
    ['manifest.shape']
  ],
  ['announces a command that breaks', { answer: (call) => (call.asked.command?.name === 'hours' ? { status: 500 } : answerWell(call)) }, ['command.runs']],
  [
    'calls without a signature',
    { answer: later((url, body) => fetch(url, { method: 'POST', body: JSON.stringify(body) })) },
    ['answer.says', 'callback.signed']
  ],
  ['calls with the key of somebody else', { answer: later((url, body) => callBack(url, body, undefined, OTHER_KEY)) }, ['answer.says', 'callback.signed']],
  ['calls for no conversation', { answer: later((url) => callBack(url, { messages: [{ text: 'Later.' }] })) }, ['answer.says', 'callback.shape']],
  ['calls under one id for everything', { answer: later((url, body) => callBack(url, body, 'always-the-same')) }, ['callback.ids']],
  ['calls once more at a repeat', { remembers: false, answer: later((url, body) => callBack(url, body)) }, ['repeat.same']]
]

const KINDS = new Set(['message', 'answer', 'command', 'opened', 'closed'])
function writtenAnew(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}
function stuckAfter(command: string): NonNullable<Habits['answer']> {
  let isStuck = false
  return (call) => {
    const answer = isStuck ? { status: 503 } : answerWell(call)
    isStuck ||= call.asked.command?.name === command
    return answer
  }
}
function readOrBreak(body: string): Asked {
  try {
    return JSON.parse(body) as Asked
  } catch {
    return { type: 'broken' }
  }
}

test('every rule has a bot that breaks it', () => {
  const broken = new Set(BAD.flatMap(([, , rules]) => rules))
  expect(BOT_CHECKS.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([])
})

describe('a bot that', () => {
  test.concurrent.each(BAD.map(([what, habits, broken]) => ({ what, habits, broken })))(
    '$what is caught by $broken',
    { timeout: 60_000 },
    async ({ habits, broken }) => {
      const bot = await startBot(habits)
      running.push(bot)
      const report = await prove({
        url: bot.url,
        kind: 'bot',
        seed: 7,
        timeoutMs: 1_000,
        only: null,
        bot: { secret: SECRET, manifestUrl: bot.manifestUrl, callback: { host: '127.0.0.1', port: 0, url: null } },
        gateway: { inbox: 'support', origin: null }
      })
      expect(report.outcomes.flatMap((one) => (one.state === 'broken' ? [one.id] : []))).toEqual(broken)
    }
  )
})
