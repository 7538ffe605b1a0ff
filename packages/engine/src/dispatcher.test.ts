import type { ConversationId, MessageId, ParticipantId } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { DeliveryFault } from './connector.js'
import { createMemoryStore } from './memory-store.js'
import { countingBytes, createWorld, idOf, scriptedConnector, type ScriptedConnector, type World } from './testing/harness.js'

const say = (conversation: ConversationId, deviceSeq: number, text: string) => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(text),
  after: 0,
  type: 'message.created' as const,
  body: { parts: [{ kind: 'text' as const, text }] }
})

/** The lane of `lane:words` is `lane`; other words have none. */
function laned(): ScriptedConnector {
  const laneOf: ScriptedConnector['laneOf'] = (event) => {
    const [part] = event.type === 'message.created' ? event.body.parts : []
    const [lane, words] = part?.kind === 'text' ? part.text.split(':') : []
    return words === undefined ? null : (lane ?? null)
  }
  return Object.assign(scriptedConnector(), { laneOf })
}

/** Out there nothing is taken, until the test says so. */
function down(connector: ScriptedConnector): { up(): void; readonly taken: string[] } {
  let isUp = false
  const taken: string[] = []
  connector.onDeliver = async ({ event }) => {
    if (!isUp) throw new DeliveryFault('down', { retry: true })
    const [part] = event.type === 'message.created' ? event.body.parts : []
    taken.push(part?.kind === 'text' ? part.text : event.type)
  }
  return { up: () => void (isUp = true), taken }
}

async function enter(world: World, visitor: string): Promise<ConversationId> {
  const entered = await world.engine.enter('test', { visitorKey: world.key(visitor), person: null })
  if ('code' in entered) throw new Error(entered.code)
  return entered.conversation
}

async function speak(world: World, visitor: string, texts: readonly string[]): Promise<ConversationId> {
  const conversation = await enter(world, visitor)
  const client = await world.connect({ visitor, conversation })
  for (const [index, text] of texts.entries()) {
    expect(await client.send('append', say(conversation, index + 1, text))).toMatchObject({ at: expect.any(String) as string })
    await world.clock.advance(1)
  }
  return conversation
}

describe('a lane', () => {
  test('is in order over conversations, and the head that is to be tried again holds it up; others go on beside it', async () => {
    const world = await createWorld({ connector: laned() })
    const outside = down(world.connector)
    await speak(world, 'one', ['7:A1', '7:A2', '7:A3'])
    await speak(world, 'two', ['7:B4', '8:C'])
    expect(new Set(world.connector.delivered.map(({ event }) => event.messageId))).toEqual(new Set(['7:A1', '8:C'].map((text) => idOf(text))))
    outside.up()
    await speak(world, 'three', ['free'])
    await world.clock.advance(60_000)
    expect(outside.taken.filter((text) => text.startsWith('7'))).toEqual(['7:A1', '7:A2', '7:A3', '7:B4'])
    expect([outside.taken[0], [...outside.taken].sort()]).toEqual(['free', ['7:A1', '7:A2', '7:A3', '7:B4', '8:C', 'free']])
    expect(await world.store.jobs()).toEqual([])
  })

  test('is in the same order after a restart, whatever the conversations are called', async () => {
    // Ids are random; of several rounds one has them the wrong way round.
    for (let round = 1; round <= 6; round++) {
      const store = createMemoryStore({ bytes: countingBytes(2) })
      const first = await createWorld({ store, connector: laned() })
      down(first.connector)
      for (let extra = 1; extra < round; extra++) await enter(first, `extra ${extra}`)
      await speak(first, 'one', ['7:A1', '7:A2'])
      await speak(first, 'two', ['7:B3'])
      await speak(first, 'one more', ['7:C4'])
      await first.engine.stop(0)
      const again = await createWorld({ store, connector: laned(), clock: first.clock })
      const outside = down(again.connector)
      outside.up()
      await again.clock.advance(60_000)
      expect(outside.taken).toEqual(['7:A1', '7:A2', '7:B3', '7:C4'])
    }
  })

  test('that cannot be named is the conversation, and the log has why; nobody’s message is refused for it', async () => {
    const connector = Object.assign(scriptedConnector(), {
      laneOf(): string {
        throw new Error('no lane today')
      }
    })
    const world = await createWorld({ connector })
    const outside = down(connector)
    outside.up()
    await speak(world, 'one', ['hello'])
    expect([outside.taken, world.logged.filter((line) => line.includes('lane'))]).toEqual([['hello'], ['error a connector named no lane for an event']])
  })
})

async function last(world: World, conversation: ConversationId) {
  const head = await world.store.head(conversation, 'public')
  const [event] = await world.store.read({ conversation, log: 'public', from: head, to: head }, 1, 10_000)
  return event?.body
}

/** A stranger has said something that could not be delivered yet, then was named. */
async function merged() {
  const guest = scriptedConnector()
  const world = await createWorld({ connector: laned(), others: { people: guest } })
  const outside = down(world.connector)
  const old = await speak(world, 'anna', ['before'])
  const name = async () => {
    const entered = await world.engine.enter('test', { visitorKey: world.key('anna'), person: { subject: 'customer-7', name: 'Anna' } })
    if ('code' in entered) throw new Error(entered.code)
    return entered
  }
  const visitor = (await world.store.conversation(old))?.visitor
  if (!visitor) throw new Error('there is no such conversation')
  return { world, guest, outside, old, visitor, name }
}

describe('what waits while its conversation is merged into another one', () => {
  test('is delivered as said by the visitor who has been named', async () => {
    const { world, outside, name } = await merged()
    const { visitor } = await name()
    outside.up()
    await world.clock.advance(60_000)
    expect(world.connector.delivered.at(-1)).toMatchObject({ visitor, person: { subject: 'customer-7', name: 'Anna' }, event: { messageId: idOf('before') } })
    expect([outside.taken, await world.store.jobs()]).toEqual([['before'], []])
  })

  test('goes to who answers there now, and they can answer under the conversation that they were told', async () => {
    const { world, guest, old, name } = await merged()
    const { conversation } = await name()
    expect(await world.connector.port().handOver(conversation, 'people')).toBe('recorded')
    await world.clock.advance(60_000)
    const told = guest.delivered.map((delivery) => [delivery.conversation, delivery.event.messageId])
    expect(told).toEqual([[old, idOf('before')]])
    expect(await guest.port().append({ conversation: old, externalId: 'answer', parts: [{ kind: 'text', text: 'hello' }] })).toBe('recorded')
    expect(await last(world, conversation)).toEqual({ parts: [{ kind: 'text', text: 'hello' }] })
  })

  test('and is given up is told where that stands now, also when it was merged at that very moment', async () => {
    const { world, old, visitor } = await merged()
    const target = await world.engine.enter('test', { visitorKey: null, person: { subject: 'customer-7', name: 'Anna' } })
    if ('code' in target) throw new Error(target.code)
    const { commit, merge } = world.store
    const author = (role: 'visitor' | 'bot') => ({ id: idOf<ParticipantId>(role), role })
    let merges = 0
    world.store.commit = async (units) => {
      if (merges === 0 && units.some(({ event }) => event && 'about' in event.body)) {
        merges++
        const authors = { visitor: author('visitor'), bot: author('bot') }
        expect(await merge({ inbox: 'test', from: visitor, to: target.visitor, into: target.conversation, authors })).toMatchObject({ from: old })
      }
      return commit(units)
    }
    world.connector.onDeliver = () => Promise.reject(new DeliveryFault('Not today.', { retry: false }))
    await world.clock.advance(60_000)
    expect([merges, await last(world, target.conversation), await last(world, old)]).toEqual([
      1,
      { parts: [{ kind: 'text', text: 'Not today.' }], about: idOf('before') },
      { parts: [{ kind: 'text', text: 'before' }] }
    ])
    expect(await world.store.jobs()).toEqual([])
  })
})
