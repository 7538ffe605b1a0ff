import type { IncomingMessage } from 'node:http'
import { createMemoryStore } from '@parley/engine'
import { describe, expect, test } from 'vitest'
import { createSeal, systemChance } from './host.js'
import { createMetrics } from './metrics.js'
import { tellMetrics } from './routes/metrics.js'

const NOW = { connections: 3, epoch: 'epoch-1', auditsWaiting: null }
const linesOf = async (metrics: ReturnType<typeof createMetrics>, start: string): Promise<readonly string[]> =>
  (await metrics.text(NOW)).text.split('\n').filter((line) => line.startsWith(start))

describe('figures', () => {
  test('that come before the library is there are in the text, and so are those that come after', async () => {
    const metrics = createMetrics()
    metrics.meter.count('append', 'stored')
    metrics.meter.count('append', 'stored', 4)
    await metrics.load()
    metrics.meter.count('append', 'stored')
    metrics.meter.count('append', 'gap')
    expect(await linesOf(metrics, 'parley_appends_total')).toEqual(['parley_appends_total{outcome="stored"} 6', 'parley_appends_total{outcome="gap"} 1'])
    expect(await linesOf(metrics, 'parley_connections')).toEqual(['parley_connections 3'])
  })

  test('of jobs go up and down', async () => {
    const metrics = createMetrics()
    for (const by of [1, 1, -1, 1]) metrics.meter.jobs(by)
    expect(await linesOf(metrics, 'parley_jobs')).toEqual(['parley_jobs 2'])
  })

  test('of a store are those of its commits, and of the commits that failed', async () => {
    const metrics = createMetrics()
    const store = createMemoryStore(systemChance)
    let isBroken = false
    const measured = metrics.measured({ ...store, commit: (units) => (isBroken ? Promise.reject(new Error('disk')) : store.commit(units)) })
    await measured.commit([{ puts: [] }, { puts: [] }, { puts: [] }])
    isBroken = true
    await expect(measured.commit([{ puts: [] }])).rejects.toThrow('disk')
    expect([await linesOf(metrics, 'parley_commit_rows_sum'), await linesOf(metrics, 'parley_commit_seconds_count')]).toEqual([
      ['parley_commit_rows_sum 3'],
      ['parley_commit_seconds_count 1']
    ])
    expect(await linesOf(metrics, 'parley_commit_faults_total')).toEqual(['parley_commit_faults_total{outcome="failed"} 1'])
    expect(measured.epoch).toBe(store.epoch)
  })

  test('of two gateways in one process are apart, and the process is told once', async () => {
    const [one, two] = [createMetrics(), createMetrics()]
    one.meter.count('read', 'asked')
    expect([await linesOf(one, 'parley_reads_total'), await linesOf(two, 'parley_reads_total')]).toEqual([['parley_reads_total{outcome="asked"} 1'], []])
    expect([(await linesOf(one, 'process_start_time_seconds')).length, (await linesOf(two, 'process_start_time_seconds')).length]).toEqual([1, 1])
  })
})

describe('GET /metrics', () => {
  const TOKEN = 't'.repeat(32)
  const asking = (remoteAddress: string, headers: Record<string, string> = {}): Pick<IncomingMessage, 'headers' | 'socket'> =>
    ({ headers: { host: '127.0.0.1:8080', ...headers }, socket: { remoteAddress } }) as unknown as IncomingMessage
  const status = async (asked: ReturnType<typeof asking>, token: string | null): Promise<number> =>
    (
      await tellMetrics(asked, {
        token,
        equal: createSeal('a secret of this test, long enough').equal,
        text: async () => ({ text: 'x 1\n', type: 'text/plain' })
      })
    ).status

  test.each([
    ['127.0.0.1', {}, 200],
    ['127.8.8.8', {}, 200],
    ['::1', { host: '[::1]:8080' }, 200],
    ['::ffff:127.0.0.1', { host: 'localhost' }, 200],
    ['10.0.0.7', {}, 404],
    ['::ffff:10.0.0.7', {}, 404],
    ['fe80::1', {}, 404],
    // A proxy on this machine asks for somebody else.
    ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, 404],
    ['127.0.0.1', { 'x-real-ip': '203.0.113.9' }, 404],
    ['127.0.0.1', { forwarded: 'for=203.0.113.9' }, 404],
    ['127.0.0.1', { via: '1.1 proxy' }, 404],
    ['127.0.0.1', { host: 'chat.example.com' }, 404],
    // A page whose name was made to lead to this machine.
    ['127.0.0.1', { host: '127.0.0.1.example.com' }, 404],
    ['127.0.0.1', { authorization: `Bearer ${TOKEN}` }, 200]
  ])('without a token: from %s with %j is answered %i', async (remote, headers, expected) => {
    expect(await status(asking(remote, headers as Record<string, string>), null)).toBe(expected)
  })

  test.each([
    ['10.0.0.7', { authorization: `Bearer ${TOKEN}` }, 200],
    ['127.0.0.1', { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.9' }, 200],
    ['127.0.0.1', {}, 404],
    ['10.0.0.7', { authorization: `Bearer ${TOKEN}t` }, 404],
    ['10.0.0.7', { authorization: `Bearer ${TOKEN.slice(1)}` }, 404],
    ['10.0.0.7', { authorization: TOKEN }, 404],
    ['10.0.0.7', { authorization: 'Bearer ' }, 404],
    ['10.0.0.7', { authorization: `bearer ${TOKEN.toUpperCase()}` }, 404]
  ])('with a token: from %s with %j is answered %i', async (remote, headers, expected) => {
    expect(await status(asking(remote, headers as Record<string, string>), TOKEN)).toBe(expected)
  })
})
