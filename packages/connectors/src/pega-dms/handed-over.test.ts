import type { KnownEvent } from '@parley/protocol'
import { expect, test } from 'vitest'
import { openBench } from './fixtures/bench.js'
import { summaryOf } from './handed-over.js'

const by = (role: 'visitor' | 'bot', type: KnownEvent['type'], body: unknown) =>
  ({ seq: 1, messageId: 'm', author: { id: 'p', role }, at: '', type, body }) as KnownEvent
const words = (role: 'visitor' | 'bot', text: string) => by(role, 'message.created', { parts: [{ kind: 'text', text }] })

test('what was said before is told a line each, answers and questions too, and neither pictures nor what the gateway says', () => {
  const events = [
    words('visitor', 'Is it hardy?'),
    by('bot', 'message.created', { parts: [{ kind: 'choices', text: 'Which one?', choices: [{ value: 'l', label: 'Lavender' }] }] }),
    by('visitor', 'answer.given', { to: 'm', value: 'l', label: 'Lavender' }),
    by('bot', 'message.created', { parts: [{ kind: 'file', url: 'https://example.test/a.png', name: 'a.png', mediaType: 'image/png' }] }),
    by('bot', 'message.created', { parts: [{ kind: 'text', text: 'This could not be delivered.' }], about: 'm' }),
    by('bot', 'participant.joined', { participant: { id: 'p', role: 'bot' } })
  ]
  expect(summaryOf(events, 'Anna')).toBe('Handed over. What was said before:\nAnna: Is it hardy?\nBot: Which one?\nAnna: Lavender')
  expect(summaryOf([], 'Anna')).toBeNull()
})

test('of a long exchange the newest is told, at most some 4,000 characters', () => {
  const events = Array.from({ length: 30 }, (_, index) => words('visitor', `${index} ${'x'.repeat(300)}`))
  const summary = summaryOf(events, 'Anna') ?? ''
  expect(summary.length).toBeLessThan(4_100)
  expect(summary).toContain('\nAnna: 29 ')
  expect(summary).not.toContain('\nAnna: 5 ')
})

test('an agent gets it as the first words of a customer by whom answers find the conversation', async () => {
  const bench = await openBench()
  const here = bench.open()
  bench.port.conversation.recent = async () => [words('visitor', 'a person please')]
  await bench.connector.deliver(bench.delivery(here, 'handoff.completed', { to: 'pega', name: 'Assistant' }))
  expect(bench.sent.map(({ body }) => body)).toMatchObject([
    { type: 'text', text: ['Handed over. What was said before:\nVisitor: a person please'], context_data: { site: 'shop' } }
  ])
  const customer = bench.sent[0]?.body.customer_id
  expect((await bench.call({ type: 'text', customer_id: customer, message_id: '1', text: 'Here I am' })).status).toBe(200)
  expect(bench.seen).toMatchObject([{ did: 'append', conversation: here }])
})
