import { type ConnectorCase, connectorContract, createFakeClock, createFakePort, type FakePort } from '@parley/engine/contracts'
import type { MessageId } from '@parley/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ScriptSettings } from './config-schema.js'
import { script, scriptConnector } from './index.js'

const SETTINGS: ScriptSettings = {
  greeting: 'hello',
  fallback: 'lost',
  steps: {
    hello: {
      say: 'Good day',
      choices: [
        { label: 'Show me roses', go: 'roses' },
        { label: 'Opening times', value: 'opening hours' },
        { label: 'A person', go: 'person' }
      ]
    },
    roses: { say: 'Red ones', match: ['rose*', 'red flowers'] },
    hours: { say: 'From nine to six', match: ['opening hours', 'open'] },
    flowers: { say: 'All of them', match: ['flowers'] },
    person: { say: 'One moment', handOver: 'people', otherwise: 'Nobody is here', match: ['person'] },
    bye: { say: 'Good bye', end: 'The visitor said good bye', match: ['bye'] },
    lost: { say: 'Pardon?' }
  }
}

connectorContract(
  'script',
  (): ConnectorCase => ({
    connector: scriptConnector({ ...SETTINGS, thinkMs: 0 }),
    secrets: [],
    fetch: () => Promise.reject(new Error('a script asks nobody')),
    runs: []
  })
)

const ANSWER_TO = 'AAAAAAAAAAAAAAAAAAAAAA' as MessageId

async function openBench(over: Partial<ScriptSettings> = {}, inboxes: readonly string[] = ['people']) {
  const clock = createFakeClock()
  const port = createFakePort({ clock, inbox: 'shop', inboxes })
  const connector = scriptConnector({ ...SETTINGS, thinkMs: 0, ...over })
  await connector.start(port)
  const opened = () => connector.deliver(port.deliveryOf('conversation.opened', { inbox: 'shop' }))
  const answer = (value: string, label = value) => connector.deliver(port.deliveryOf('answer.given', { to: ANSWER_TO, value, label }))
  const say = (text: string) => connector.deliver(port.say(text))
  return { clock, port, connector, opened, answer, say }
}

const said = (port: FakePort): readonly unknown[] =>
  port.recorded.map((recording) =>
    recording.did === 'append' ? recording.parts.map((part) => (part.kind === 'text' ? part.text : part.kind)).join(' + ') : recording.did
  )

describe('a conversation with a script', () => {
  test('begins with the greeting, once, however often its opening is told', async () => {
    const { port, connector } = await openBench({ thinkMs: 400 })
    const delivery = port.deliveryOf('conversation.opened', { inbox: 'shop' })
    await connector.deliver(delivery)
    await connector.deliver({ ...delivery, attempt: 2 })
    expect(port.recorded).toEqual([
      {
        did: 'append',
        conversation: delivery.conversation,
        externalId: `${delivery.event.messageId}:step`,
        parts: [
          { kind: 'text', text: 'Good day' },
          {
            kind: 'choices',
            choices: [
              { value: 'roses', label: 'Show me roses' },
              { value: 'opening hours', label: 'Opening times' },
              { value: 'person', label: 'A person' }
            ]
          }
        ]
      }
    ])
    expect(port.typed).toEqual([])
  })

  test('goes where a button leads, by the name of a step, by words, and by the words of the button where somebody types them', async () => {
    const { port, opened, answer, say } = await openBench()
    await opened()
    await answer('roses', 'Show me roses')
    await answer('opening hours', 'Opening times')
    await say('SHOW me roses!')
    await say('What?')
    await say('opening times')
    await answer('nonsense', 'red flowers')
    await answer('nonsense', 'nonsense')
    await answer('__proto__', 'toString')
    expect(said(port)).toEqual([
      'Good day + choices',
      'Red ones',
      'From nine to six',
      'Red ones',
      'Pardon?',
      'From nine to six',
      'Red ones',
      'Pardon?',
      'Pardon?'
    ])
  })

  test('tells buttons without words apart, and takes nothing at all for none of them', async () => {
    const choices = [
      { label: ' 👍 ', go: 'yes' },
      { label: '👎', go: 'no' },
      { label: '❤️', go: 'yes' },
      { label: '☀️', go: 'no' },
      { label: ' ', go: 'yes' }
    ]
    const steps = { hello: { say: 'Good?', choices }, yes: { say: 'Fine' }, no: { say: 'Oh' }, lost: { say: 'Pardon?' } }
    const { port, opened, say } = await openBench({ steps })
    await opened()
    for (const text of ['👎', '👍', ' ❤️', '☀️', '?', ' ', '👍👎']) await say(text)
    expect(said(port)).toEqual(['Good? + choices', 'Oh', 'Fine', 'Fine', 'Oh', 'Pardon?', 'Pardon?', 'Pardon?'])
  })

  test('understands whole words only; the longest phrase wins', async () => {
    const { port, say } = await openBench()
    await say('Do you have red flowers?')
    await say('flowers, please')
    await say('When do you OPEN')
    await say('reopening')
    await say('roselike')
    expect(said(port)).toEqual(['Red ones', 'All of them', 'From nine to six', 'Pardon?', 'Red ones'])
  })

  test('knows after a restart what it offered last', async () => {
    const { port, connector, opened } = await openBench()
    await opened()
    await connector.stop()
    const again = scriptConnector({ ...SETTINGS, thinkMs: 0 })
    await again.start(port)
    await again.deliver(port.say('opening times'))
    expect(said(port)).toEqual(['Good day + choices', 'From nine to six'])
  })

  test('is handed to people, and where there are none, says so, also when it is delivered again', async () => {
    const here = await openBench()
    await here.say('a person')
    const alone = await openBench({}, [])
    const delivery = alone.port.say('a person')
    await alone.connector.deliver(delivery)
    await alone.connector.deliver({ ...delivery, attempt: 2 })
    expect([said(here.port), said(alone.port)]).toEqual([
      ['One moment', 'handOver'],
      ['One moment', 'Nobody is here']
    ])
  })

  test('ends where the script ends it, and nothing is said after that', async () => {
    const { port, say } = await openBench()
    await say('bye')
    await say('bye')
    expect(said(port)).toEqual(['Good bye', 'close'])
    expect(port.recorded[1]).toMatchObject({ reason: 'The visitor said good bye' })
  })

  test('shows that it is thinking before it answers, and answers at once when it is stopped', async () => {
    const { port, clock, connector } = await openBench({ thinkMs: 400 })
    const delivery = port.say('roses')
    const first = connector.deliver(delivery)
    await clock.advance(399)
    expect([port.typed, said(port)]).toEqual([[{ conversation: delivery.conversation, forMs: 400 }], []])
    await clock.advance(1)
    await first
    const second = connector.deliver(port.say('flowers'))
    await clock.advance(100)
    await connector.stop()
    await second
    expect(said(port)).toEqual(['Red ones', 'All of them'])
  })
})

test('whatever is said is answered with one message, and never with a fault', { timeout: 60_000 }, async () => {
  const { port, say, answer } = await openBench({ steps: { ...SETTINGS.steps, bye: { say: 'x' } } }, [])
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...Object.keys(SETTINGS.steps), 'constructor', '(a+)+$')), async (text) => {
      const before = port.recorded.length
      await say(text)
      await answer(text)
      const more = port.recorded.slice(before)
      // "person" says two things: that somebody is fetched, and that nobody is there.
      expect(more.filter(({ did }) => did === 'append').length).toBe(more.length)
      expect(more.length).toBeGreaterThanOrEqual(2)
    }),
    { numRuns: 50 }
  )
})

describe('the script that is built in', () => {
  async function play(settings: { readonly handoff?: string }, inboxes: readonly string[]) {
    const port = createFakePort({ clock: createFakeClock(), inbox: 'support', inboxes })
    const connector = scriptConnector({ ...settings, thinkMs: 0 })
    await connector.start(port)
    await connector.deliver(port.deliveryOf('conversation.opened', { inbox: 'support' }))
    await connector.deliver(port.say('Where is my order?'))
    await connector.deliver(port.say('Talk to a person'))
    return said(port)
  }

  test('greets, says that it is a demonstration, and hands over to the inbox that is named', async () => {
    const LOST = 'I cannot answer that: I am a demonstration. I can fetch a person for you. + choices'
    const greeting = 'Hello! I am a demonstration: a few fixed sentences. I can fetch a person for you. + choices'
    const fetching = 'One moment, I am fetching a person.'
    expect([await play({ handoff: 'people' }, ['people']), await play({ handoff: 'people' }, [])]).toEqual([
      [greeting, LOST, fetching, 'handOver'],
      [greeting, LOST, fetching, 'Nobody can take over at the moment.']
    ])
  })

  test('promises nobody where nobody is named', async () => {
    const DEMO = 'I am a demonstration: a few fixed sentences, and nobody behind them.'
    expect(await play({}, ['people'])).toEqual([`Hello! ${DEMO}`, `I cannot answer that. ${DEMO}`, `I cannot answer that. ${DEMO}`])
  })
})

test('a script with a mistake is told in one line, in a page and by the gateway', () => {
  const broken = { fallback: 'lost', steps: { hello: { say: 'x' } } }
  expect(() => scriptConnector(broken)).toThrow('scriptConnector: fallback: found "lost", wanted the name of a step that there is: hello')
  expect(script.readConfig(broken)).toEqual({ ok: false, key: 'fallback', found: '"lost"', wanted: 'the name of a step that there is: hello' })
})
