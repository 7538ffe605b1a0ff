import { afterEach, describe, expect, test } from 'vitest'
import { callOf, SECRET } from './fixtures/bench.js'
import { answerWith, type Behave, type BotServer, openBotServer } from './fixtures/bot-server.js'
import { type Chat, openChat } from './fixtures/real-engine.js'
import { webhookConnector } from './index.js'

/** Faults of a bot over real HTTP, with the real engine: each message reaches it once by its id, and is answered once. */

const open: { bot: BotServer; chat: Chat }[] = []
afterEach(async () => {
  for (const { bot, chat } of open.splice(0)) {
    await bot.close()
    await chat.engine.stop(0)
  }
})

async function begin(behave: Behave): Promise<{ readonly bot: BotServer; readonly chat: Chat }> {
  const bot = await openBotServer(behave)
  const chat = await openChat(webhookConnector({ url: bot.url, secret: SECRET, name: 'Fern', timeoutMs: 2_000 }), {
    isSilent: () => isSilent && bot.hanging() > 0
  })
  const both = { bot, chat }
  open.push(both)
  return both
}
/** Whether a request that has no answer is meant to have none. */
let isSilent = false
const silently = async (work: () => Promise<void>): Promise<void> => {
  isSilent = true
  await work().finally(() => void (isSilent = false))
}

const heardAll = ({ chat }: { readonly chat: Chat }, count: number) => chat.until(async () => (await chat.heard()).length >= count)
const idsOf = ({ reached }: BotServer, text: string): readonly string[] => [...new Set(reached.filter((one) => one.text === text).map(({ id }) => id))]
const countOf = ({ reached }: BotServer, text: string): number => reached.filter((one) => one.text === text).length

describe('a bot that', () => {
  test('has faults of its own twice gets the message a third time, under the same id, and is heard once', async () => {
    const { bot, chat } = await begin(({ time, text }, response) =>
      time < 3 ? answerWith(response, 'oh', 500) : answerWith(response, { messages: [{ text: `re ${text}` }] })
    )
    await chat.say('one')
    await heardAll({ chat }, 1)
    expect([countOf(bot, 'one'), idsOf(bot, 'one').length, await chat.heard()]).toEqual([3, 1, ['re one']])
  })

  test('took the message and died before it could answer is asked again, and what it does twice is seen once', async () => {
    const { bot, chat } = await begin(({ time, text }, response) =>
      time === 1 ? void response.destroy() : answerWith(response, { messages: [{ text: `re ${text}` }] })
    )
    await chat.say('one')
    await heardAll({ chat }, 1)
    expect([countOf(bot, 'one'), idsOf(bot, 'one').length, await chat.heard()]).toEqual([2, 1, ['re one']])
  })

  test('breaks off in the middle of an answer is asked again', async () => {
    const { bot, chat } = await begin(({ time }, response) => {
      if (time > 1) return answerWith(response, { messages: [{ text: 'whole' }] })
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"messages":[{"text":"ha', () => void response.destroy())
    })
    await chat.say('one')
    await heardAll({ chat }, 1)
    expect([countOf(bot, 'one'), await chat.heard()]).toEqual([2, ['whole']])
  })

  test('does not answer in time is asked again, and its late answer by a call is seen beside the other', async () => {
    const { bot, chat } = await begin(({ time }, response) => {
      if (time > 1) answerWith(response, { messages: [{ id: 'a-1', text: 'answer' }] })
    })
    await chat.say('one')
    await silently(() => chat.until(() => countOf(bot, 'one') === 2))
    await heardAll({ chat }, 1)
    const late = callOf({ conversation: chat.conversation, messages: [{ id: 'a-1', text: 'answer' }] }, { now: chat.clock.now() })
    expect([await chat.call(late), idsOf(bot, 'one').length, await chat.heard()]).toEqual([200, 1, ['answer']])
  })

  test('asks for patience is left alone as long as it wants', async () => {
    const times: number[] = []
    const { bot, chat } = await begin(({ time }, response) => {
      times.push(chat.clock.now())
      if (time === 1) answerWith(response, {}, 429, { 'retry-after': '60' })
      else answerWith(response, { messages: [{ text: 'now' }] })
    })
    await chat.say('one')
    await heardAll({ chat }, 1)
    expect([countOf(bot, 'one'), (times[1] ?? 0) - (times[0] ?? 0) >= 60_000]).toEqual([2, true])
  })

  test.each([
    [
      'sends a megabyte',
      (response: Parameters<Behave>[1]) => answerWith(response, { messages: [{ text: 'x'.repeat(1_048_576) }] }),
      'the answer has more than 524288 bytes',
      'Fern gave an answer that cannot be shown.'
    ],
    [
      'sends HTML',
      (response: Parameters<Behave>[1]) => answerWith(response, '<p>x</p>', 200, { 'content-type': 'text/html' }),
      'the answer is not JSON',
      'Fern gave an answer that cannot be shown.'
    ],
    [
      'sends a part that is none',
      (response: Parameters<Behave>[1]) => answerWith(response, { messages: [{ text: 'fine' }, { parts: [{ kind: 'choices' }] }] }),
      '"messages.1.parts.0.choices" is not as wanted: "choices"',
      'Fern gave an answer that cannot be shown.'
    ],
    [
      'sends the gateway elsewhere',
      (response: Parameters<Behave>[1]) => answerWith(response, '', 307, { location: 'http://127.0.0.1:1/' }),
      'the address leads elsewhere (307), and redirects are not followed',
      'Fern did not take this.'
    ],
    ['refuses', (response: Parameters<Behave>[1]) => answerWith(response, {}, 403), 'status 403', 'Fern did not take this.']
  ])('%s is asked once; the visitor and the log are told, and the next message is delivered', async (_what, behave, why, said) => {
    const { bot, chat } = await begin(({ text }, response) =>
      text === 'one' ? behave(response) : answerWith(response, { messages: [{ text: `re ${text}` }] })
    )
    await chat.say('one')
    await chat.say('two')
    await heardAll({ chat }, 2)
    expect([countOf(bot, 'one'), await chat.heard()]).toEqual([1, [`not delivered: ${said}`, 're two']])
    expect(chat.logged.filter(({ level }) => level === 'error').map(({ fields }) => fields.why)).toEqual([why])
  })

  test('is down for a while gets everything afterwards, each once, in order', async () => {
    let isDown = true
    const { bot, chat } = await begin(({ text }, response) =>
      isDown ? answerWith(response, '', 502) : answerWith(response, { messages: [{ text: `re ${text}` }] })
    )
    for (const text of ['one', 'two', 'three']) await chat.say(text)
    await chat.until(() => countOf(bot, 'one') === 3)
    expect([countOf(bot, 'two'), await chat.heard()]).toEqual([0, []])
    isDown = false
    await heardAll({ chat }, 3)
    expect([countOf(bot, 'two'), countOf(bot, 'three'), await chat.heard()]).toEqual([1, 1, ['re one', 're two', 're three']])
  })
})

test('answers by calls that come twice and in another order are each seen once', async () => {
  const { bot, chat } = await begin((_request, response) => answerWith(response, '', 202))
  const texts = ['one', 'two', 'three', 'four']
  for (const text of texts) await chat.say(text)
  await chat.until(() => bot.reached.length === 4)
  const calls = texts.map((text) =>
    callOf({ conversation: chat.conversation, messages: [{ text: `re ${text}` }] }, { now: chat.clock.now(), id: `call_${text}` })
  )
  const order = [2, 0, 2, 3, 1, 0, 3, 1]
  expect(await Promise.all(order.map((index) => chat.call(calls[index] as (typeof calls)[number])))).toEqual(order.map(() => 200))
  expect([[...(await chat.heard())].sort(), bot.reached.map(({ text }) => text)]).toEqual([texts.map((text) => `re ${text}`).sort(), texts])
})

test('a command that the bot took with 202 waits for its result: typing and a state on the way are taken, a result counts once', async () => {
  const runs: string[] = []
  const manifest = { name: 'Fern', commands: [{ name: 'order', description: 'Where an order is', args: [{ name: 'number', type: 'number', required: true }] }] }
  const bot = await openBotServer(({ body }, response) => {
    runs.push(body.command?.run ?? '')
    answerWith(response, '', 202)
  }, manifest)
  const connector = webhookConnector({ url: bot.url, secret: SECRET, manifestUrl: bot.url })
  const chat = await openChat(connector)
  open.push({ bot, chat })
  const types = async () => (await chat.events()).map(({ type }) => type).filter((type) => type.startsWith('run.'))
  await chat.until(() => connector.commands.length > 0)
  await chat.command('order', { number: 12 })
  await chat.until(async () => (await types()).length === 2)
  const [run] = runs
  const status = (said: object, id: string) => chat.call(callOf({ conversation: chat.conversation, run, ...said }, { now: chat.clock.now(), id }))
  expect([
    await status({ typing: 3_000 }, 'typing'),
    await status({ state: { step: 1 } }, 'state'),
    await status({}, 'nothing'),
    await status({ messages: [{ text: 'There' }] }, 'result'),
    await status({ typing: 3_000 }, 'after'),
    await status({ messages: [{ text: 'And more' }] }, 'more')
  ]).toEqual([200, 200, 200, 200, 410, 410])
  expect(await types()).toEqual(['run.started', 'run.progressed', 'run.finished'])
})
