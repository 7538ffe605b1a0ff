import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { STOCK_WATCH_FLOW } from './ids.js'
import { type Bench, openBench } from './testing.js'

/** The chat's side of a polling flow. */
type Got = { readonly path: string; readonly token: string | undefined; readonly body: { readonly id: string; readonly result: unknown } }
let chat: Server
let got: Got[]
let bench: Bench

beforeEach(async () => {
  got = []
  chat = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ path: request.url ?? '', token: request.headers['x-parley-reply-token']?.toString(), body: JSON.parse(Buffer.concat(chunks).toString()) })
      response.end()
    })
  })
  await new Promise<void>((resolve) => chat.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await bench.hub.stop()
  chat.closeAllConnections()
  await new Promise((resolve) => chat.close(resolve))
})

const results = () => ({ url: `http://127.0.0.1:${(chat.address() as AddressInfo).port}/hooks/flows/flows`, token: 'results-secret' })
const turn = (verb: string) => bench.ask(`/flows/${STOCK_WATCH_FLOW}/${verb}`, { method: 'POST', as: 'operator' })
const MINUTE = 60_000

describe('the stock watch', () => {
  test('runs every minute once it is started, and brings what it found where the chat waits for it', async () => {
    bench = await openBench({ results: results() })
    await turn('start')
    await bench.clock.advance(30_000)
    expect(bench.views(STOCK_WATCH_FLOW)).toEqual(['active', null, 'started'])
    expect(bench.newEvents()).toEqual(['flow.starting flow-repository', 'flow.started component-orchestrator'])
    for (const count of [1, 2]) {
      await bench.clock.advance(MINUTE)
      await vi.waitFor(() => expect(got).toHaveLength(count))
    }
    const body = { id: expect.stringMatching(/^[0-9a-f]{32}$/), result: { title: 'Shelves that run low', rows: expect.any(Array) } }
    expect(got).toEqual(Array(2).fill({ path: `/hooks/flows/flows/${STOCK_WATCH_FLOW}`, token: 'results-secret', body }))
    expect(got[0]?.body.id).not.toBe(got[1]?.body.id)
    expect(got[0]?.body.result).toMatchObject({ rows: expect.arrayContaining([{ item: 'Garden sieve', shelf: 'D-02', free: 5 }]) })
    expect(bench.newEvents()).toEqual(['flow.execute scheduler', 'flow.execute scheduler'])
    expect(bench.hub.events.at(-1)?.headers).toMatchObject({ type: 'scheduler' })
    expect(JSON.stringify(bench.hub.events)).not.toContain('results-secret')
  })

  test('is due no more once it is stopped', async () => {
    bench = await openBench({ results: results(), started: [STOCK_WATCH_FLOW] })
    await turn('stop')
    await bench.clock.advance(5 * MINUTE)
    expect(bench.newEvents()).toEqual(['flow.stopping flow-repository', 'flow.stopped component-orchestrator'])
    expect(bench.hub.viewsOf(STOCK_WATCH_FLOW)).toEqual({ repository: 'inactive', webhooks: null, orchestrator: null, dueAt: null })
  })

  test('goes on after the hub began anew, at the next full minute', async () => {
    bench = await openBench({ results: results(), started: [STOCK_WATCH_FLOW] })
    await bench.clock.advance(MINUTE + 30_000)
    expect(bench.newEvents()).toEqual(['flow.execute scheduler'])
    expect(bench.hub.viewsOf(STOCK_WATCH_FLOW)).toMatchObject({ repository: 'active', orchestrator: 'started', dueAt: bench.clock.now() + 30_000 })
  })

  test('that lost flow.started is active, and never runs', async () => {
    bench = await openBench({ results: results() })
    bench.hub.faults.dropEvent('flow.started', 'scheduler')
    await turn('start')
    await bench.clock.advance(10 * MINUTE)
    expect(bench.views(STOCK_WATCH_FLOW)).toEqual(['active', null, 'started'])
    expect(bench.newEvents()).toEqual(['flow.starting flow-repository', 'flow.started component-orchestrator, lost by scheduler'])
  })

  test('has no hook', async () => {
    bench = await openBench({ results: results(), started: [STOCK_WATCH_FLOW] })
    expect(await bench.ask(`/hook/${STOCK_WATCH_FLOW}`, { method: 'HEAD' })).toEqual([404, ''])
  })

  test('keeps looking where the chat is away', async () => {
    bench = await openBench({ results: { url: 'http://127.0.0.1:9/flows', token: 'x' }, started: [STOCK_WATCH_FLOW] })
    for (const count of [1, 2]) {
      await bench.clock.advance(MINUTE + 5_000)
      await vi.waitFor(() => expect(bench.hub.callbacks).toHaveLength(count))
    }
    expect(bench.hub.callbacks.map(({ status }) => status)).toEqual([null, null])
  })
})

test('a date further away than a timer can be set is waited for all the same', async () => {
  bench = await openBench()
  const yearly = '5f8d0c2be4a1b2001c3d4f02'
  await bench.ask(`/flows/${yearly}`, { method: 'PATCH', as: 'admin', body: { cron: '0 0 1 1 *' } })
  await bench.ask(`/flows/${yearly}/start`, { method: 'POST', as: 'admin' })
  await bench.clock.advance(30_000)
  bench.newEvents()
  const newYear = Date.UTC(2031, 0, 1)
  expect(bench.hub.viewsOf(yearly).dueAt).toBe(newYear)
  await bench.clock.advance(newYear - 1 - bench.clock.now())
  expect(bench.newEvents()).toEqual([])
  await bench.clock.advance(1)
  expect(bench.newEvents()).toEqual(['flow.execute scheduler'])
})
