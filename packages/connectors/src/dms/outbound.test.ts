import type { KnownEvent, Part } from '@parley/protocol'
import { expect, test } from 'vitest'
import { toDms, typingToDms, withContext } from './outbound.js'

const CUSTOMER = { id: '1001', name: 'Customer' }
const event = (type: KnownEvent['type'], body: unknown): KnownEvent =>
  ({ seq: 1, messageId: 'AAAAAAAAAAAAAAAAAAAAAA', type, author: { id: 'A', role: 'visitor' }, at: '2030-06-01T12:00:00.000Z', body }) as KnownEvent
const said = (...parts: readonly Part[]) => toDms(event('message.created', { parts }), CUSTOMER, 'id-1')
const FIVE = { type: 'text', customer_id: '1001', customer_name: 'Customer', message_id: 'id-1' }

test('words go as a list, one text for each part', () => {
  expect(said({ kind: 'text', text: 'One' }, { kind: 'text', text: '' }, { kind: 'link', url: 'https://x.test/' })).toEqual({
    ...FIVE,
    text: ['One', 'https://x.test/']
  })
})

test('files go as attachments, alone under their names', () => {
  const file: Part = { kind: 'file', url: 'https://x.test/a', name: 'A.pdf', mediaType: 'application/pdf' }
  expect(said({ kind: 'text', text: 'See' }, file)).toEqual({ ...FIVE, text: ['See'], attachments: [{ url: 'https://x.test/a' }] })
  expect(said(file)).toEqual({ ...FIVE, text: ['A.pdf'], attachments: [{ url: 'https://x.test/a' }] })
})

test('an answer goes with its payload, and with its words beside', () => {
  expect(toDms(event('answer.given', { to: 'm', value: ' PAY ', label: 'Pay' }), CUSTOMER, 'id-1')).toEqual({ ...FIVE, text: ['Pay'], postback: ' PAY ' })
  expect(toDms(event('answer.given', { to: 'm', value: 'PAY' }), CUSTOMER, 'id-1')).toEqual({ ...FIVE, text: ['PAY'], postback: 'PAY' })
})

test('an end and typing name the customer only, and nothing else goes', () => {
  expect(toDms(event('conversation.closed', { reason: 'x' }), CUSTOMER, 'id-1')).toEqual({ type: 'customer_end_session', customer_id: '1001' })
  expect(typingToDms(CUSTOMER.id)).toEqual({ type: 'typing_indicator', customer_id: '1001' })
  expect([said(), said({ kind: 'data', value: 1 }), toDms(event('conversation.opened', { inbox: 'x' }), CUSTOMER, 'id-1')]).toEqual([null, null, null])
})

test('context stands beside what is said, and nowhere else', () => {
  expect(withContext({ ...FIVE, text: ['x'] }, { page: 'home' })).toEqual({ ...FIVE, text: ['x'], context_data: { page: 'home' } })
  expect(withContext({ ...FIVE, text: ['x'] }, {})).toEqual({ ...FIVE, text: ['x'] })
  expect(withContext(typingToDms(CUSTOMER.id), { page: 'home' })).toEqual(typingToDms(CUSTOMER.id))
})
