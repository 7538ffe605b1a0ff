import type { Arguments } from '@parley/protocol'
import { commandSpecs } from '@parley/protocol/schemas'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { type Delivery, DeliveryFault, type Fetch } from '../connector.js'
import { GIVEN_UP, WAITING } from '../records.js'
import { type Bench, type MakeConnectorCase, openBench, watched } from './connector-bench.js'
import { events, samplesOf } from './connector-events.js'
import { garbageRequests } from './connector-garbage.js'
import { questions } from './connector-questions.js'
import { foreignDeliveries } from './foreign-deliveries.js'
import { settled } from './settled.js'

export type { ConnectorCase, MakeConnectorCase, SampleEvent } from './connector-bench.js'

/** Ways in which an outside fails. `silence` ends only when the caller gives up. */
const FAULTS: Readonly<Record<string, Fetch>> = {
  'refuses the connection': () =>
    Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) })),
  'breaks the connection': () => Promise.reject(new TypeError('fetch failed')),
  'answers 500': async () => new Response('{"error":"oh"}', { status: 500, headers: { 'content-type': 'application/json' } }),
  'answers 403 in HTML': async () => new Response('<h1>no</h1>', { status: 403, headers: { 'content-type': 'text/html' } }),
  'answers 200 in HTML': async () => new Response('<h1>welcome</h1>', { headers: { 'content-type': 'text/html' } }),
  'answers an empty 204': async () => new Response(null, { status: 204 }),
  'never answers': (_url, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    })
}
/** Longer than any connector may wait for one answer. */
const PATIENCE_MS = 300_000

/**
 * Holds a connector to its contract.
 * @param makeCase a fresh one for each sentence
 */
export function connectorContract(name: string, makeCase: MakeConnectorCase): void {
  describe(`${name}: connector contract`, () => {
    declarations(makeCase)
    deliveries(makeCase)
    events(makeCase, FAULTS, PATIENCE_MS)
    requests(makeCase)
    questions(makeCase, FAULTS, PATIENCE_MS)
    secrecy(makeCase)
  })
}

function declarations(makeCase: MakeConnectorCase): void {
  test('starts and stops, twice each', async () => {
    const { it, port } = await openBench(makeCase)
    await it.connector.start(port)
    await it.connector.stop()
    await it.connector.stop()
    await it.connector.start(port)
    await it.connector.stop()
    expect(port.recorded).toEqual([])
  })

  test('declares commands that the protocol takes, each name once, and a name for who answers', async () => {
    const { connector } = await makeCase()
    expect(v.safeParse(commandSpecs, connector.commands).issues ?? []).toEqual([])
    const names = connector.commands.map((command) => command.name)
    expect(names).toEqual([...new Set(names)])
    expect(connector.capabilities.participant.name).not.toBe('')
    for (const { timeoutMs } of connector.commands) expect(timeoutMs ?? 1).toBeGreaterThan(0)
  })
}

function deliveries(makeCase: MakeConnectorCase): void {
  test('names a lane for whatever there is, or none: the same for the same event, and before it was started', async () => {
    const { it, port } = await openBench(makeCase)
    const idle = (await makeCase()).connector
    for (const { event } of [...foreignDeliveries(port), port.say(''), port.say('{"customer_id":1}'), port.say('{')]) {
      const lane = it.connector.laneOf?.(event) ?? null
      expect([lane === null || typeof lane === 'string', it.connector.laneOf?.(event) ?? null, idle.laneOf?.(event) ?? null]).toEqual([true, lane, lane])
    }
    expect(port.recorded).toEqual([])
  })

  test('takes events it did not ask for, of known and unknown kinds, and says nothing to them', async () => {
    const { it, port } = await openBench(makeCase)
    for (const delivery of foreignDeliveries(port)) {
      if (!it.connector.capabilities.receives.includes(delivery.event.type)) await it.connector.deliver(delivery)
    }
    expect(port.recorded).toEqual([])
  })

  test('answers a message that is delivered twice once', async () => {
    const { it, port } = await openBench(makeCase)
    if (!it.connector.capabilities.receives.includes('message.created')) return
    const delivery = port.say('hello')
    await it.connector.deliver(delivery)
    const once = [...port.recorded]
    await it.connector.deliver({ ...delivery, attempt: 2 })
    expect(port.recorded).toEqual(once)
  })

  for (const [fault, fetch] of Object.entries(FAULTS)) {
    test(`an outside that ${fault}: the run ends with a word, or a DeliveryFault asks for another attempt while nothing was sent`, async () => {
      const bench = await openBench(makeCase)
      bench.fetchBy(fetch)
      for (const { command, args } of bench.it.runs ?? []) await deliverToFaulty(bench, command, args)
    })
  }
}

async function deliverToFaulty(bench: Bench, command: string, args: Arguments): Promise<void> {
  const { it, port } = bench
  const { run, ...delivery } = port.startRun(command, args)
  const attempt = watched(delivery)
  const answer = await settled(bench, PATIENCE_MS, () => it.connector.deliver(attempt))
  expect(answer.state).not.toBe('waiting')
  const thrown = answer.state === 'thrown' ? answer.reason : null
  if (thrown !== null) expect(thrown).toBeInstanceOf(DeliveryFault)
  if (thrown instanceof DeliveryFault) expect({ retry: thrown.retry, sent: attempt.wasSent() }).not.toEqual({ retry: true, sent: true })
  const status = (await port.run.find(run))?.status
  if (thrown === null && status !== undefined && !WAITING.includes(status)) expect([...GIVEN_UP, 'failed']).toContain(status)
  if (thrown === null) expect(port.recorded.some((recording) => 'run' in recording && recording.run === run)).toBe(true)
}

function requests(makeCase: MakeConnectorCase): void {
  test('records each call of the outside once, however often it comes', async () => {
    const { it, port } = await openBench(makeCase)
    for (const { command, args } of it.runs ?? []) {
      const delivery = port.startRun(command, args)
      await it.connector.deliver(delivery)
      for (const request of it.callbacks?.(port, delivery.run) ?? []) {
        const before = port.recorded.length
        expect((await it.connector.handleRequest?.(request))?.status).toBeLessThan(300)
        const once = [...port.recorded]
        expect(once.length).toBeGreaterThan(before)
        await it.connector.handleRequest?.(request)
        expect(port.recorded).toEqual(once)
      }
    }
  })

  test('answers garbage with 4xx, never throws, records nothing', async () => {
    const { it, port } = await openBench(makeCase)
    if (!it.connector.handleRequest) return
    const wrong: unknown[] = []
    for (const request of garbageRequests(it.paths ?? [])) {
      const { status } = await it.connector.handleRequest(request)
      if (status < 400 || status > 499) wrong.push({ status, ...request, body: request.body.length })
    }
    expect(wrong).toEqual([])
    expect(port.recorded).toEqual([])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
}

function secrecy(makeCase: MakeConnectorCase): void {
  test('shows no secret: not in what is recorded, not in the log, not in an answer, not in an address', async () => {
    const bench = await openBench(makeCase)
    const { it, port, asked, fetchBy } = bench
    const answers: unknown[] = []
    const secrets = [...it.secrets]
    const deliver = async (delivery: Delivery): Promise<void> => {
      const answer = await settled(bench, PATIENCE_MS, () => it.connector.deliver(delivery))
      if (answer.state === 'thrown') answers.push(String(answer.reason))
    }
    for (const fetch of [it.fetch, ...Object.values(FAULTS)]) {
      fetchBy(fetch)
      for (const { command, args } of it.runs ?? []) {
        const delivery = port.startRun(command, args)
        secrets.push(port.run.replyToken(delivery.run))
        await deliver(delivery)
        for (const request of it.callbacks?.(port, delivery.run) ?? []) answers.push(await it.connector.handleRequest?.(request))
      }
      for (const { type, body } of samplesOf(bench)) {
        const delivery = port.deliveryOf(type, body)
        await deliver(delivery)
        if (type === 'message.created')
          for (const request of (await it.answers?.(port, delivery)) ?? []) answers.push(await it.connector.handleRequest?.(request))
      }
      await settled(bench, PATIENCE_MS, () => it.connector.typing?.(port.typingOf()))
    }
    const seen = JSON.stringify([port.recorded, port.logged, answers, asked])
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([])
  })
}
