import type { KnownEvent, MessageId, ParticipantId } from '@parley/protocol'
import { Broken, type Check, demand } from '../check.js'
import { freshId } from '../chance.js'
import type { BotContext } from './bot-context.js'
import { createTalk, type Exchange } from './talk.js'

const SHORT = 'at most this long, because a gateway waits no longer'

/** What is said to the bot as a visitor says it, and whether the answers can be shown. */
export const ANSWER_CHECKS: readonly Check<BotContext>[] = [
  {
    id: 'answer.in-time',
    rule: 'A message is answered in time.',
    async run({ first, outside }) {
      const { exchange } = await first()
      demand(
        exchange.reply.kind !== 'timedOut',
        `no whole answer within ${outside.timeoutMs / 1_000} s`,
        `an answer in ${SHORT}; what takes longer comes by a signed call`
      )
      demand(exchange.reply.kind !== 'unreachable', 'no connection, or one that broke before the answer', 'an HTTP answer')
    }
  },
  {
    id: 'answer.status',
    rule: 'A signed message is answered with status 2xx, and not from another address.',
    needs: ['answer.in-time'],
    async run({ first }) {
      const { reply } = (await first()).exchange
      const status = reply.kind === 'answered' || reply.kind === 'tooLarge' ? reply.status : 0
      const isRefused = status === 401 || status === 403
      demand(status >= 200 && status < 300, `status ${status}`, isRefused ? 'status 2xx; is the secret the one that the bot knows?' : 'status 2xx')
    }
  },
  {
    id: 'answer.shape',
    rule: 'The answer is JSON that the chat can show: { "messages": [{ "text" } or { "parts" }] }, or nothing.',
    needs: ['answer.status'],
    async run({ first }) {
      ;(await first()).exchange.answer()
    }
  },
  {
    id: 'answer.says',
    rule: 'A message brings at least one message back: at once, or by a signed call.',
    needs: ['answer.shape'],
    async run({ first, callbacks, outside }) {
      const { talk, exchange } = await first()
      if (exchange.answer()?.messages.length) return
      demand(outside.callbackUrl !== null, 'an answer without messages', 'messages at once: without --secret there is no way to bring them later')
      const call = await callbacks.next(talk.conversation, outside.timeoutMs)
      demand(call !== null, `no message at once, and no call at ${outside.callbackUrl} within ${outside.timeoutMs / 1_000} s`, 'at least one message')
      demand(call.fault === null, `a call that is not taken: ${call.fault?.text}`, 'a signed call whose body can be read')
      demand((call.callback?.messages.length ?? 0) > 0, 'a call without messages', 'at least one message')
    }
  },
  {
    id: 'talk.goes-on',
    rule: 'A conversation goes on: the second message comes with what was said before and with the state that the bot gave.',
    needs: ['answer.shape'],
    async run({ first }) {
      const { talk } = await first()
      const next = await talk.say('And how are you?')
      next.answer()
    }
  },
  {
    id: 'talk.side-by-side',
    rule: 'Ten conversations at once are all answered, and no message has the id of another.',
    needs: ['answer.shape'],
    async run({ outside }) {
      const exchanges = await Promise.all(Array.from({ length: 10 }, (_, index) => createTalk(outside).say(`Good day from number ${index + 1}`)))
      const ids = exchanges.flatMap((one) => one.answer()?.messages.flatMap(({ id }) => id ?? []) ?? [])
      const twice = ids.find((id, index) => ids.indexOf(id) !== index)
      demand(twice === undefined, `the id ${JSON.stringify(twice)} in two answers`, 'ids that are given once')
    }
  },
  {
    id: 'repeat.same',
    rule: 'The same webhook-id again is answered the same, or with nothing: a repeat has no second effect.',
    needs: ['answer.shape'],
    run: repeatsDoNothing
  },
  {
    id: 'text.long',
    rule: 'The longest message that a visitor can send is answered.',
    needs: ['answer.shape'],
    run: async ({ outside, chance }) => shows(await createTalk(outside).say(longText(() => chance.next())))
  },
  {
    id: 'text.odd',
    rule: 'Any characters are taken: line breaks, quotes, signs of other scripts, directions, control characters, markup.',
    needs: ['answer.shape'],
    async run({ outside, chance }) {
      for (const text of [...ODD, Array.from({ length: 40 }, () => chance.pick(CHARACTERS)).join('')]) {
        const exchange = await createTalk(outside).say(text)
        named(`to ${JSON.stringify(text)}`, () => exchange.answer())
      }
    }
  },
  {
    id: 'request.full',
    rule: 'A request with all that can stand in it is answered: a named visitor and fifty things said before.',
    needs: ['answer.shape'],
    run: async ({ outside }) => shows(await createTalk(outside, { subject: 'customer-4711', name: 'Customer' }, fiftyEvents()).say('Good day'))
  }
]

const ODD = [
  '"quotes" and \\backslashes\\',
  'two\nlines',
  'Grüße, 你好, مرحبا, 🙂👩‍👩‍👧',
  '\u202Ereversed\u202C',
  'a\u0000b',
  '<script>alert(1)</script>',
  '{{7*7}} %s'
]
const CHARACTERS = [...'aZ09 "\'\\<>&%$#{}[]()\n\t\u0000\u007F\u00A0\u0301\u200D\u202E\uFEFF\uFFFD€漢🙂']

/** 30,000 bytes: with all around it the 32 KiB that a visitor's message may have. */
const longText = (next: () => number): string => Array.from({ length: 5_000 }, () => String(Math.floor(next() * 100_000)).padStart(5, '0')).join(' ')

function shows(exchange: Exchange): void {
  exchange.answer()
}

/** Says to what it was that this came of it. */
export function named(what: string, look: () => unknown): void {
  try {
    look()
  } catch (thrown) {
    if (thrown instanceof Broken) throw new Broken(`${what}: ${thrown.found}`, thrown.wanted)
    throw thrown
  }
}

async function repeatsDoNothing({ outside, callbacks }: BotContext): Promise<void> {
  const talk = createTalk(outside)
  const exchange = await talk.say('Say this once')
  const answer = exchange.answer()
  const body = JSON.stringify(exchange.request)
  // A call that belongs to the first must have come before, or it would count as one of the repeat.
  const calledFirst = answer === null ? await callbacks.next(talk.conversation, outside.timeoutMs) : null
  const again = await outside.ask(exchange.id, body)
  demand(
    again.kind === 'answered' && again.status < 300,
    again.kind === 'answered' ? `status ${again.status}` : again.kind,
    'status 2xx for what was taken before'
  )
  const [one, other] = [textOf(exchange), again.text.trim()]
  const isNothing = other === '' || again.status === 202 || again.status === 204 || saysNothing(other)
  demand(isNothing || sameJson(one, other), 'another answer than before', 'the same answer, or one that says nothing')
  if (calledFirst === null) return
  const later = await laterCalls({ callbacks, outside }, talk.conversation)
  demand(later <= 1, `${later} calls under different ids`, 'one, or the same one again under its webhook-id')
}

/** Waits a little, because nobody says that no call will come. */
async function laterCalls({ callbacks }: Pick<BotContext, 'callbacks' | 'outside'>, conversation: string): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 500))
  return new Set(callbacks.calls.filter(({ callback }) => callback?.conversation === conversation).map(({ id }) => id)).size
}

const textOf = ({ reply }: Exchange): string => (reply.kind === 'answered' ? reply.text.trim() : '')
const saysNothing = (text: string): boolean => {
  const value: unknown = JSON.parse(text)
  return (
    typeof value === 'object' &&
    value !== null &&
    !('state' in value) &&
    (!('messages' in value) || (Array.isArray(value.messages) && value.messages.length === 0))
  )
}
const sameJson = (one: string, other: string): boolean => one === other || canonical(JSON.parse(one || 'null')) === canonical(JSON.parse(other))

/** The same text for the same value, however its keys are ordered. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one
  )
}

function fiftyEvents(): readonly KnownEvent[] {
  const author = { id: freshId<ParticipantId>(), role: 'visitor' as const }
  return Array.from({ length: 50 }, (_, index) => ({
    seq: index + 1,
    messageId: freshId<MessageId>(),
    type: 'message.created' as const,
    author,
    at: new Date().toISOString(),
    body: { parts: [{ kind: 'text' as const, text: 'It was said before. '.repeat(100) }] }
  }))
}
