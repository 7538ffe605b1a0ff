import { describe, expect, test } from 'vitest'
import type { ConversationId } from '@parley/protocol'
import type { VisitorId } from '@parley/engine'
import { type Bench, openBench } from '../fixtures/bench.js'
import { errorsAnswer, refusedConnection } from '../fixtures/fake-hub.js'
import { openFlowBench, STOCK, WATCH } from '../fixtures/flow-bench.js'

const ASKED = { visitor: 'visitor-one' as VisitorId, conversation: 'c' as ConversationId, roles: [], command: 'run-flow', argument: 'flow' }
const complete = ({ connector }: Pick<Bench, 'connector'>, text: string, over = {}) => connector.complete?.({ ...ASKED, text, ...over })

describe('what is typed for a flow', () => {
  test('is completed from its name to its id, with how it stands', async () => {
    const bench = await openFlowBench({}, { description: 'A table' })
    bench.hub.set({ id: WATCH, name: 'Stock watch', status: 'active', cron: '* * * * *' })
    expect(await complete(bench, 'Stock')).toEqual([
      { value: STOCK, label: 'Stock report', description: 'inactive · A table' },
      { value: WATCH, label: 'Stock watch', description: 'active, scheduled: * * * * *' }
    ])
    expect(await complete(bench, ' stock w ')).toMatchObject([{ value: WATCH }])
  })

  test('is completed from how its id begins, and from nothing to the first there are', async () => {
    const bench = await openFlowBench()
    expect(await complete(bench, STOCK.slice(0, 5).toUpperCase())).toMatchObject([{ value: STOCK }])
    expect(await complete(bench, STOCK)).toMatchObject([{ value: STOCK }])
    expect(await complete(bench, '')).toMatchObject([{ value: STOCK }])
  })

  test('minds no capital letters, and asks once for all who type within five seconds', async () => {
    const bench = await openFlowBench()
    for (const text of ['s', 'st', 'STOCK', 'stock re']) expect(await complete(bench, text)).toMatchObject([{ value: STOCK }])
    expect(bench.hub.asked).toEqual(['GET /flows?page%5Bsize%5D=50&page%5Bnumber%5D=1&sort=name'])
    await bench.clock.advance(5_000)
    await complete(bench, 's')
    expect(bench.hub.asked).toHaveLength(2)
  })

  test('of a hub with very many is looked for there', async () => {
    const bench = await openFlowBench()
    for (let number = 1; number <= 60; number++) bench.hub.set({ id: number.toString(16).padStart(24, 'a'), name: `A flow ${number}`, status: 'inactive' })
    expect(await complete(bench, 'Stock')).toMatchObject([{ value: STOCK }])
    expect(await complete(bench, STOCK)).toMatchObject([{ value: STOCK }])
  })

  test('is 20 at most', async () => {
    const bench = await openFlowBench()
    for (let number = 1; number <= 50; number++) bench.hub.set({ id: number.toString(16).padStart(24, 'a'), name: `Flow ${number}`, status: 'inactive' })
    expect(await complete(bench, 'a')).toHaveLength(20)
  })

  test('of those that the chat may run only', async () => {
    const bench = await openFlowBench({ runFlow: { allow: [STOCK] } })
    bench.hub.set({ id: WATCH, name: 'Stock watch', status: 'active' })
    expect(await complete(bench, 'stock')).toMatchObject([{ value: STOCK }])
    expect(await complete(bench, WATCH)).toEqual([])
  })

  test('is nothing for another argument, at a platform that is away, and where the account may not look', async () => {
    const bench = await openFlowBench()
    expect(await complete(bench, 'Stock', { argument: 'params' })).toEqual([])
    bench.hub.always('GET', refusedConnection)
    expect(await complete(bench, 'Stock')).toEqual([])
    bench.hub.always('GET', async () => errorsAnswer(403, 'MISSING_PERMISSION'))
    expect(await complete(bench, 'abc')).toEqual([])
  })

  test('without a repository comes from the list that the operator wrote, else from nowhere', async () => {
    const listed = await openBench({ runFlow: { allow: [STOCK, WATCH] } })
    const unlisted = await openBench()
    expect(await complete(listed, '5F8')).toEqual([{ value: STOCK }, { value: WATCH }])
    expect(await complete(unlisted, '')).toEqual([])
    expect([listed, unlisted].map(({ connector }) => connector.commands[0]?.args[0]?.completes)).toEqual([true, undefined])
  })
})
