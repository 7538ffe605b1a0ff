import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway, type GatewayOptions } from '@parley/gateway'
import { type Outcome, prove } from 'parley-conformance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Spoiling, startSpoilingProxy } from './spoiling-proxy.js'

/** The real gateway from outside, alone and behind proxies that break one rule each. */
const QUIET: NonNullable<GatewayOptions['log']> = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const ORIGIN = 'https://www.example.com'
const folder = mkdtempSync(join(tmpdir(), 'parley-conformance-'))
const steps = { hello: { say: ['Good day'] } }

const gateway = createGateway(
  {
    port: 0,
    store: `sqlite:${join(folder, 'log.db')}`,
    origins: [ORIGIN],
    inboxes: { support: { connector: 'script', greeting: 'hello', fallback: 'hello', steps } },
    limits: { sessionsPerMinutePerIp: 10_000 }
  },
  { widgetDir: folder, log: QUIET }
)
let url = ''

beforeAll(async () => {
  url = (await gateway.start()).url
})
afterAll(async () => {
  await gateway.stop()
  rmSync(folder, { recursive: true, force: true })
})

const proveAt = (address: string, timeoutMs: number, only: readonly string[] | null = null) =>
  prove({
    url: address,
    kind: null,
    seed: 20_300_601,
    timeoutMs,
    only,
    bot: { secret: null, manifestUrl: null, callback: { host: '127.0.0.1', port: 0, url: null } },
    gateway: { inbox: 'support', origin: ORIGIN }
  })
const broken = (outcomes: readonly Outcome[]): readonly string[] => outcomes.flatMap((one) => (one.state === 'broken' ? [one.id] : []))
const told = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.flatMap((one) =>
    one.state === 'broken' ? [`${one.id}: found ${one.found}, wanted ${one.wanted}`] : one.state === 'skipped' ? [`${one.id}: ${one.why}`] : []
  )

test('the gateway holds every rule, and all of them can be tried', { timeout: 120_000 }, async () => {
  const report = await proveAt(url, 10_000)
  expect(told(report.outcomes)).toEqual([])
  expect(report).toMatchObject({ kind: 'gateway', broken: 0, skipped: 0 })
})

const isLost = (text: unknown): boolean => typeof text === 'string' && text.startsWith('Message 4 of 10')

const SPOILT: readonly (readonly [what: string, spoiling: Spoiling, caught: readonly string[]])[] = [
  ['loses an event', { events: (rows) => rows.filter((row) => !isLost(textOf(row))) }, ['events.in-order']],
  [
    'acknowledges two messages under one number',
    {
      ack: (name, answer, seen) =>
        name === 'append' && typeof answer['seq'] === 'number' && seen.last !== null && answer['seq'] === seen.last + 1 ? { ...answer, seq: seen.last } : answer
    },
    ['events.in-order']
  ],
  [
    'lets pages of any origin read its answers',
    { headers: { 'access-control-allow-origin': '*' } },
    ['origin.allowed', 'origin.session', 'origin.preflight', 'origin.polling']
  ],
  ['lets pages of any origin connect', { dropsOrigin: true }, ['origin.websocket']],
  ['says more of foreign conversations than of unknown ones', { ack: tellForeign }, ['rights.frames']],
  [
    'forgets where a client stood',
    { hello: (hello) => ({ ...hello, conversations: hello.conversations.map((one) => ({ ...one, cursor: 0, epoch: null, tail: null })) }) },
    ['resume.no-hole', 'resume.reset']
  ],
  ['swallows what is malformed', { drops: (frame) => frame === null || Array.isArray(frame) }, ['frames.bad']]
]

function textOf(row: Readonly<Record<string, unknown>>): unknown {
  const body = row['body'] as { readonly parts?: readonly { readonly text?: unknown }[] }
  return body.parts?.[0]?.text
}

function tellForeign(name: string, answer: Readonly<Record<string, unknown>>, seen: { readonly asked: number }): Readonly<Record<string, unknown>> {
  const error = answer['error'] as { readonly code?: string } | undefined
  return name === 'read' && error?.code === 'conversation.unknown' ? { error: { code: 'conversation.unknown', text: `asked ${seen.asked} times` } } : answer
}

describe('a gateway that', () => {
  test.each(SPOILT.map(([what, spoiling, caught]) => ({ what, spoiling, caught })))(
    '$what is caught by $caught',
    { timeout: 180_000 },
    async ({ spoiling, caught }) => {
      const proxy = await startSpoilingProxy(url, spoiling)
      try {
        const { outcomes } = await proveAt(proxy.url, 3_000, caught)
        expect(broken(outcomes)).toEqual(caught)
      } finally {
        await proxy.close()
      }
    }
  )
})
