import { Broken, type Check, demand } from '../check.js'
import type { BotContext } from './bot-context.js'
import { inWords } from './signature-checks.js'
import { requestBody } from './request-body.js'
import { createTalk } from './talk.js'

type Odd = { readonly what: string; readonly body: string }

/** Deeper than any gateway sends. Some languages read no deeper than a thousand, which is no fault of a bot's author. */
const DEEP = 500

/** Bodies that nobody of good will sends, signed as they must be: who holds the secret may still make mistakes. */
export const BODY_CHECKS: readonly Check<BotContext>[] = [
  odd('body.not-json', 'A body that is not JSON is refused with 4xx.', { least: 400, most: 499 }, () => [
    { what: 'half an object', body: '{"type":"message"' },
    { what: 'a word', body: 'hello' },
    { what: 'a form', body: 'type=message&text=hello' },
    { what: 'XML', body: '<?xml version="1.0"?><message/>' },
    { what: 'an object with a comma too many', body: '{"type":"message",}' }
  ]),
  odd('body.other-json', 'JSON of another shape is no fault of the bot: it is never answered with 5xx.', { least: 200, most: 499 }, () => [
    { what: 'null', body: 'null' },
    { what: 'a list', body: '[]' },
    { what: 'a text', body: '"message"' },
    { what: 'a number', body: '7' },
    { what: 'an empty object', body: '{}' },
    { what: `${DEEP} lists within one another`, body: `${'['.repeat(DEEP)}${']'.repeat(DEEP)}` }
  ]),
  odd('event.unknown', 'An event of a kind that is still to come is answered with 2xx or 4xx, never with 5xx.', { least: 200, most: 499 }, () => [
    { what: 'the type "moon.landed"', body: requestBody({ type: 'moon.landed', message: undefined, moon: { phase: 3 } }) },
    { what: 'the type ""', body: requestBody({ type: '', message: undefined }) },
    { what: 'the type "toString"', body: requestBody({ type: 'toString', message: undefined }) }
  ]),
  odd('body.new-fields', 'Fields that the bot does not know are passed by.', { least: 200, most: 299 }, () => [
    { what: 'a new field beside the others', body: requestBody({ newer: { since: '2030' }, message: { id: 'x', text: 'Good day', parts: [], mood: 'fine' } }) }
  ]),
  {
    id: 'body.prototype-keys',
    rule: 'The keys __proto__, constructor and prototype do nothing: no 5xx, and the next visitor is answered as before.',
    needs: ['answer.shape'],
    async run(context) {
      await refuseNone(context, { least: 200, most: 499 }, [
        { what: '__proto__', body: withKeys('"__proto__":', requestBody()) },
        { what: 'constructor and prototype', body: withKeys('"constructor":{"prototype":', requestBody(), '}') },
        { what: '__proto__ in the state', body: requestBody({ state: 0 }).replace('"state":0', `"state":{"__proto__":${POLLUTION}}`) }
      ])
      const exchange = await createTalk(context.outside).say('Good day')
      const answer = exchange.answer()
      demand(!JSON.stringify(answer).includes(MARK), 'values of one request in the answer to another', 'requests that do not touch one another')
    }
  },
  {
    id: 'names.inherited',
    rule: 'What is said may be the name of something that every object inherits: "constructor" is a word like others.',
    needs: ['answer.shape'],
    async run({ outside }) {
      const broken: string[] = []
      for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
        for (const [what, exchange] of [
          [`the text "${name}"`, await createTalk(outside).say(name)],
          [`the answer "${name}"`, await createTalk(outside).answer(name)]
        ] as const) {
          try {
            exchange.answer()
          } catch (thrown) {
            if (!(thrown instanceof Broken)) throw thrown
            broken.push(`${what}: ${thrown.found}`)
          }
        }
      }
      if (broken.length > 0) throw new Broken(broken.join('; '), 'an answer as to any other words')
    }
  },
  {
    id: 'event.answer',
    rule: 'A picked choice is answered with 2xx and with what can be shown, also one that the bot never offered.',
    needs: ['answer.shape'],
    async run({ outside }) {
      const exchange = await createTalk(outside).answer('no-such-choice')
      exchange.answer()
    }
  },
  {
    id: 'event.opened-closed',
    rule: 'The beginning and the end of a conversation are answered with 2xx or 4xx, never with 5xx.',
    needs: ['answer.status'],
    async run({ outside }) {
      const talk = createTalk(outside)
      for (const [what, { reply }] of [
        ['"opened"', await talk.tell('conversation.opened', { inbox: 'conformance' })],
        ['"closed"', await talk.tell('conversation.closed', { reason: 'The visitor ended the conversation.' })]
      ] as const) {
        demand(
          reply.kind === 'answered' && reply.status < 500,
          `${what}: ${reply.kind === 'answered' ? `status ${reply.status}` : reply.kind}`,
          'status 2xx or 4xx'
        )
      }
    }
  }
]

const MARK = 'polluted-by-conformance'
/** Names that code likes to look up without having set them. */
const POLLUTION = JSON.stringify(Object.fromEntries(['text', 'name', 'greeting', 'end', 'error', 'id', 'kind'].map((key) => [key, MARK])))
const withKeys = (key: string, body: string, end = ''): string => `{${key}${POLLUTION}${end},${body.slice(1)}`

type Wanted = { readonly least: number; readonly most: number }

function odd(id: string, rule: string, wanted: Wanted, make: () => readonly Odd[]): Check<BotContext> {
  return { id, rule, needs: ['answer.status'], run: (context) => refuseNone(context, wanted, make()) }
}

async function refuseNone({ outside }: BotContext, { least, most }: Wanted, bodies: readonly Odd[]): Promise<void> {
  const wrong: string[] = []
  for (const { what, body } of bodies) {
    const answer = await outside.post(body, await outside.headersFor(body))
    if (answer.status === null || answer.status < least || answer.status > most) wrong.push(`${what}: ${inWords(answer)}`)
  }
  if (wrong.length > 0) throw new Broken(wrong.join('; '), `a status from ${least} to ${most}`)
}
