import type { Completion, ConversationId } from '@parley/protocol'
import { expect, test } from 'vitest'
import type { CompletionRequest } from './connector.js'
import { createWorld, idOf, scriptedConnector, type TestClient, type World } from './testing/harness.js'

const COMMANDS = [
  {
    name: 'go',
    description: 'goes',
    args: [
      { name: 'far', type: 'text' as const, completes: true },
      { name: 'fast', type: 'text' as const }
    ]
  },
  { name: 'rule', description: 'rules', args: [{ name: 'what', type: 'text' as const, completes: true }], roles: ['king'] }
]

type Asked = CompletionRequest & { readonly answer: (values: readonly Completion[]) => void; readonly fail: (reason: unknown) => void }

/** A connector whose answers the test gives. */
async function begin(roles: Readonly<Record<string, readonly string[]>> = {}) {
  const asked: Asked[] = []
  const connector = Object.assign(scriptedConnector(COMMANDS), {
    complete: (request: CompletionRequest) => new Promise<readonly Completion[]>((answer, fail) => void asked.push({ ...request, answer, fail }))
  })
  const world = await createWorld({ connector, roles })
  const { conversation, client } = await enter(world, 'anna')
  const complete = (text: string, over: object = {}) => client.send('complete', { conversation, command: 'go', argument: 'far', text, ...over })
  return { world, asked, client, conversation, complete }
}

async function enter(world: World, visitor: string): Promise<{ conversation: ConversationId; client: TestClient }> {
  const entered = await world.engine.enter('test', { visitorKey: world.key(visitor), person: null })
  if ('code' in entered) throw new Error(entered.code)
  return { conversation: entered.conversation, client: await world.connect({ visitor, conversation: entered.conversation }) }
}

const texts = (asked: readonly Asked[]) => asked.map(({ text }) => text)

test('rule 27: the connector is asked for whom and for what, and its values are the answer', async () => {
  const { asked, complete, conversation, client } = await begin({ anna: ['king', 'x'] })
  expect(client.frames[0]).toMatchObject({ payload: { features: ['check', 'complete', 'end'] } })
  const answer = complete('ber')
  expect(asked).toEqual([
    {
      visitor: expect.stringMatching(/^[\w-]{22}$/),
      conversation,
      roles: ['king', 'x'],
      command: 'go',
      argument: 'far',
      text: 'ber',
      answer: expect.any(Function),
      fail: expect.any(Function)
    }
  ])
  asked[0]?.answer([{ value: 'berlin', label: 'Berlin', description: 'Far away' }, { value: 'bern' }])
  expect(await answer).toEqual({ completions: [{ value: 'berlin', label: 'Berlin', description: 'Far away' }, { value: 'bern' }] })
})

test('rule 27: one thing is asked at a time; who types on is told at once that there is nothing for what was typed before', async () => {
  const { world, asked, complete } = await begin()
  const [first, second, third] = [complete('b'), complete('be'), complete('ber')]
  expect([await first, await second, texts(asked)]).toEqual([{ completions: [] }, { completions: [] }, ['b']])
  asked[0]?.answer([{ value: 'late' }])
  await world.clock.advance(0)
  expect(texts(asked)).toEqual(['b', 'ber'])
  asked[1]?.answer([{ value: 'berlin' }])
  expect(await third).toEqual({ completions: [{ value: 'berlin' }] })
})

test('rule 27: values that do not come within two seconds are none, and the next are asked for', async () => {
  const { world, asked, complete } = await begin()
  const slow = complete('b')
  await world.clock.advance(1_999)
  const next = complete('be')
  expect(texts(asked)).toEqual(['b'])
  await world.clock.advance(1)
  expect([await slow, texts(asked)]).toEqual([{ completions: [] }, ['b', 'be']])
  asked[0]?.answer([{ value: 'too late' }])
  asked[1]?.answer([{ value: 'berlin' }])
  expect(await next).toEqual({ completions: [{ value: 'berlin' }] })
  expect(world.logged).toContain('warn values for an argument did not come in time')
})

test('a connector that fails has no values, is told to the log, and is asked again', async () => {
  const { world, asked, complete } = await begin()
  const failed = complete('b')
  asked[0]?.fail(new Error('no'))
  expect(await failed).toEqual({ completions: [] })
  const next = complete('be')
  asked[1]?.answer([{ value: 'berlin' }])
  expect(await next).toEqual({ completions: [{ value: 'berlin' }] })
  expect(world.logged).toContain('warn values for an argument could not be had')
})

test('of what a connector brings only values that every client takes are passed on, twenty at most', async () => {
  const { asked, complete } = await begin()
  const many = complete('b')
  asked[0]?.answer(Array.from({ length: 30 }, (_, index) => ({ value: String(index), extra: 1 })))
  expect(await many).toEqual({ completions: Array.from({ length: 20 }, (_, index) => ({ value: String(index) })) })
  const odd = complete('b')
  asked[1]?.answer([{ value: 'x'.repeat(501) }, { value: '\ud800' }, null, 7, { label: 'no value' }, { value: 'good' }] as never)
  expect(await odd).toEqual({ completions: [{ value: 'good' }] })
  const none = complete('b')
  asked[2]?.answer('no list' as never)
  expect(await none).toEqual({ completions: [] })
})

test.each([
  [{ command: 'fly' }, 'command.unknown', 'There is no command /fly here.'],
  [{ argument: 'near' }, 'command.invalid', '/go has no argument "near" whose values are known here.'],
  [{ argument: 'fast' }, 'command.invalid', '/go has no argument "fast" whose values are known here.'],
  [{ command: 'rule', argument: 'what' }, 'command.forbidden', '/rule is for the role "king"; you have no role.'],
  [{ conversation: idOf<ConversationId>('of another') }, 'conversation.unknown', 'There is no such conversation for this visitor.']
])('rule 27: asked for %j the answer is %s, and the connector is not asked', async (over, code, text) => {
  const { asked, complete } = await begin()
  expect([await complete('b', over), asked]).toEqual([{ error: { code, text } }, []])
})

test('in a conversation that is closed nothing is completed', async () => {
  const { world, asked, complete, conversation } = await begin()
  await world.connector.port().close(conversation, 'over')
  expect([await complete('b'), asked]).toEqual([{ error: { code: 'conversation.closed', text: 'The conversation is closed.' } }, []])
})

test('rule 21: asking for values counts like every other frame', async () => {
  const { world, asked, complete } = await begin()
  const answers = Promise.all(Array.from({ length: 41 }, (_, index) => complete(String(index))))
  await world.clock.advance(4_000)
  const taken: unknown[] = Array.from({ length: 40 }, () => ({ completions: [] }))
  expect(await answers).toEqual([...taken, { error: { code: 'append.busy', retryInMs: 50 } }])
  expect(texts(asked)).toEqual(['0', '39'])
})

test('where the connector knows no values the feature is not offered, and asking is refused', async () => {
  const world = await createWorld({ connector: scriptedConnector(COMMANDS) })
  const { conversation, client } = await enter(world, 'anna')
  expect(client.frames[0]).toMatchObject({ payload: { features: ['check', 'end'] } })
  expect(await client.send('complete', { conversation, command: 'go', argument: 'far', text: 'b' })).toMatchObject({ error: { code: 'command.invalid' } })
})
