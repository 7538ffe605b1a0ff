import { expect, test } from 'vitest'
import { createWorld, idOf, type TestClient, type World } from './testing/harness.js'

async function enter(world: World, visitor: string) {
  const entered = await world.engine.enter('test', { visitorKey: world.key(visitor), person: null })
  if ('code' in entered) throw new Error(entered.code)
  return entered.conversation
}

test('a visitor who types in two tabs is told of once in a second, and beside another one', async () => {
  const world = await createWorld()
  const told: unknown[] = []
  Object.assign(world.connector, { typing: ({ conversation }: { readonly conversation: string }) => told.push(conversation) })
  const [anna, ben] = [await enter(world, 'anna'), await enter(world, 'ben')]
  const tabs = [
    await world.connect({ visitor: 'anna', conversation: anna }),
    await world.connect({ visitor: 'anna', conversation: anna, device: 'other tab' }),
    await world.connect({ visitor: 'ben', conversation: ben })
  ]
  const type = (client: TestClient | undefined, conversation: typeof anna) =>
    client?.send('signal', { conversation, signal: { kind: 'typing', by: idOf('anybody'), forMs: 3_000 } })
  const all = async () => {
    await type(tabs[0], anna)
    await type(tabs[1], anna)
    await type(tabs[2], ben)
  }
  await all()
  await world.clock.advance(999)
  await all()
  expect(told).toEqual([anna, ben])
  await world.clock.advance(1)
  await all()
  expect(told).toEqual([anna, ben, anna, ben])
})

test('what is thrown, at once or later, is logged and harms nobody; of a closed conversation nothing is told', async () => {
  const world = await createWorld()
  const conversation = await enter(world, 'anna')
  const client = await world.connect({ visitor: 'anna', conversation })
  const type = async () => {
    await world.clock.advance(1_000)
    const ack = await client.send('signal', { conversation, signal: { kind: 'typing', by: idOf('anybody'), forMs: 3_000 } })
    await world.clock.advance(0)
    return ack
  }
  Object.assign(world.connector, {
    typing() {
      throw new Error('at once')
    }
  })
  expect(await type()).toEqual({ ok: true })
  Object.assign(world.connector, { typing: () => Promise.reject(new Error('later')) })
  expect(await type()).toEqual({ ok: true })
  await world.connector.port().close(conversation, 'over')
  expect(await type()).toEqual({ ok: true })
  expect(world.logged.filter((line) => line.includes('typing'))).toEqual(['warn typing could not be told', 'warn typing could not be told'])
})

test('a clock that goes back keeps nobody from being told of, longer than a second', async () => {
  const world = await createWorld()
  const told: unknown[] = []
  Object.assign(world.connector, { typing: ({ conversation }: { readonly conversation: string }) => told.push(conversation) })
  const anna = await enter(world, 'anna')
  const client = await world.connect({ visitor: 'anna', conversation: anna })
  const { now } = world.clock
  const type = async () => {
    await client.send('signal', { conversation: anna, signal: { kind: 'typing', by: idOf('anybody'), forMs: 3_000 } })
    await world.clock.advance(0)
  }
  await type()
  world.clock.now = () => now() - 3_600_000
  await type()
  await type()
  expect(told).toEqual([anna, anna])
})
