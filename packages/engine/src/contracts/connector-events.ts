import type { Part } from '@parley/protocol'
import { expect, test } from 'vitest'
import { type ConnectorPerson, type Delivery, DeliveryFault, type Fetch } from '../connector.js'
import { type Bench, type MakeConnectorCase, openBench, type SampleEvent, watched } from './connector-bench.js'
import { sampleEvents } from './foreign-deliveries.js'
import { settled } from './settled.js'

/** Whom visitors may be, as far as a host's server can name them. */
const PERSONS: readonly ConnectorPerson[] = [
  { subject: 'customer-7', name: null },
  { subject: '__proto__', name: 'constructor' },
  { subject: '../../x?y#z', name: '<script>alert(1)</script>' },
  { subject: '\u0000', name: '\u202e\u0000' },
  { subject: 'x'.repeat(200), name: '\u{1d4b3}'.repeat(100) },
  { subject: 'ü\r\nx-admin: 1', name: 'a\nb' }
]

/** What a visitor's message may hold: parts of any kind, of this version or of a later one. */
const PARTS: readonly (readonly Part[])[] = [
  [],
  [{ kind: 'text', text: '' }],
  [{ kind: 'text', text: '\u202e\u0000{{constructor}}' }],
  [{ kind: 'text', text: 'x'.repeat(16_000) }],
  [
    { kind: 'text', text: 'one' },
    { kind: 'text', text: 'two' }
  ],
  [{ kind: 'data', data: { a: [1, null, { b: 'c' }] } } as unknown as Part],
  [{ kind: 'moon', phase: 3 } as unknown as Part]
]

/** Of the faults those by which the outside may have taken it all the same. */
const TAKES: readonly string[] = ['answers 200 in HTML', 'answers an empty 204']

/** Holds what a connector makes of events: what visitors say, whom they are, and what the outside answers. */
export function events(makeCase: MakeConnectorCase, faults: Readonly<Record<string, Fetch>>, patienceMs: number): void {
  for (const [fault, fetch] of Object.entries(faults)) {
    test(`an outside that ${fault}: what is said is taken, or a fault tells why, and asks for no other attempt once it may have left`, async () => {
      const hasTaken = TAKES.includes(fault)
      for (const sample of samplesOf(await openBench(makeCase))) await deliverToFaulty(await openBench(makeCase), { sample, fetch, hasTaken, patienceMs })
    })

    test(`an outside that ${fault}: who types is never held up`, async () => {
      const bench = await openBench(makeCase)
      bench.fetchBy(fetch)
      const answer = await settled(bench, patienceMs, () => bench.it.connector.typing?.(bench.port.typingOf()))
      expect([answer.state === 'waiting', bench.port.recorded]).toEqual([false, []])
    })
  }

  test('takes whatever a visitor may say, whoever they are, and names nobody’s prototype', async () => {
    const bench = await openBench(makeCase)
    const wrong: unknown[] = []
    for (const [index, delivery] of oddDeliveries(bench).entries()) {
      const answer = await settled(bench, patienceMs, () => bench.it.connector.deliver(delivery))
      const isRefused = answer.state === 'thrown' && answer.reason instanceof DeliveryFault && !answer.reason.retry
      if (answer.state !== 'given' && !isRefused) wrong.push([index, delivery.event.type, answer])
    }
    for (const [index, person] of PERSONS.entries()) {
      const typing = bench.port.typingOf({ visitor: `typing ${index}`, person })
      const answer = await settled(bench, patienceMs, () => bench.it.connector.typing?.(typing))
      if (answer.state !== 'given') wrong.push([index, 'typing', answer])
    }
    expect(wrong).toEqual([])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('records each answer of the outside to a message once, however often it comes, and nothing after the end', async () => {
    const bench = await openBench(makeCase)
    const { it, port } = bench
    if (!it.answers || !it.connector.handleRequest) return
    const message = port.say('hello')
    await settled(bench, patienceMs, () => it.connector.deliver(message))
    const requests = await it.answers(port, message)
    for (const request of requests) {
      const before = port.recorded.length
      expect((await it.connector.handleRequest(request)).status).toBeLessThan(300)
      const once = [...port.recorded]
      expect(once.length).toBeGreaterThan(before)
      await it.connector.handleRequest(request)
      expect(port.recorded).toEqual(once)
    }
    await port.close(message.conversation, 'ended')
    const ended = [...port.recorded]
    for (const request of await it.answers(port, message)) expect((await it.connector.handleRequest(request)).status).toBeLessThan(500)
    expect(port.recorded).toEqual(ended)
  })
}

/** What the case says reaches the outside, or one of each kind that the connector asks for. Commands have tests of their own. */
export function samplesOf({ it }: Bench): readonly SampleEvent[] {
  const { receives } = it.connector.capabilities
  return it.events ?? sampleEvents().filter(({ type }) => type !== 'run.started' && receives.includes(type))
}

type Faulty = { readonly sample: SampleEvent; readonly fetch: Fetch; readonly hasTaken: boolean; readonly patienceMs: number }

async function deliverToFaulty(bench: Bench, { sample, fetch, hasTaken, patienceMs }: Faulty): Promise<void> {
  const { it, port, asked } = bench
  bench.fetchBy(fetch)
  const before = { asked: asked.length, recorded: port.recorded.length }
  const attempt = watched(port.deliveryOf(sample.type, sample.body))
  const answer = await settled(bench, patienceMs, () => it.connector.deliver(attempt))
  expect(answer.state).not.toBe('waiting')
  const thrown = answer.state === 'thrown' ? answer.reason : null
  // After `markSent` any throw says that the outcome is not known.
  if (thrown !== null && !attempt.wasSent()) expect(thrown).toBeInstanceOf(DeliveryFault)
  if (thrown instanceof DeliveryFault) {
    expect(thrown.message).not.toBe('')
    expect({ retry: thrown.retry, sent: attempt.wasSent() }).not.toEqual({ retry: true, sent: true })
    // It will be tried again, or the visitor is told: neither beside an answer.
    expect(port.recorded.length).toBe(before.recorded)
  }
  const isSilent = thrown === null && port.recorded.length === before.recorded
  if (sample.type === 'message.created' && asked.length > before.asked && !hasTaken) expect(isSilent).toBe(false)
}

/** Every sample by every person, and every message by somebody without a name. */
function oddDeliveries(bench: Bench): readonly Delivery[] {
  const { port } = bench
  const byPersons = PERSONS.flatMap((person, index) =>
    samplesOf(bench).map(({ type, body }) => port.deliveryOf(type, body, { visitor: `visitor ${index}`, person }))
  )
  const isTold = bench.it.connector.capabilities.receives.includes('message.created')
  return [...byPersons, ...(isTold ? PARTS : []).map((parts, index) => port.deliveryOf('message.created', { parts }, { visitor: `speaker ${index}` }))]
}
