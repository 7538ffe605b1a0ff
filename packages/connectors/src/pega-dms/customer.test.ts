import { createHmac } from 'node:crypto'
import type { ConversationId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { customerOf, readCustomerId } from './customer.js'
import { openBench, PERSON } from './fixtures/bench.js'

const asked: string[] = []
const port = {
  sign: (purpose: string, text: string) => createHmac('sha256', 'gateway').update(`${purpose} ${text}`).digest('base64url'),
  equal(a: string, b: string) {
    asked.push(b)
    return a === b
  }
}
const [ONE, TWO] = ['AAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBB'] as [ConversationId, ConversationId]

test('somebody with a name is their subject, anybody else their conversation with a mark, and back', () => {
  const named = customerOf(port, { conversation: ONE, person: PERSON })
  const nobody = customerOf(port, { conversation: ONE, person: null })
  expect(named).toEqual({ id: '1001', name: 'Customer' })
  expect(nobody).toEqual({ id: expect.stringMatching(/^A{22}\.[\w-]{22}$/), name: 'Visitor' })
  expect(customerOf(port, { conversation: ONE, person: { subject: '1002', name: null } })).toEqual({ id: '1002', name: 'Visitor' })
  expect(readCustomerId(port, named.id)).toEqual({ kind: 'person', subject: '1001' })
  expect(readCustomerId(port, nobody.id)).toEqual({ kind: 'conversation', conversation: ONE })
})

test('a mark cannot be made up, is not good for another conversation, and is compared in constant time', () => {
  const { id } = customerOf(port, { conversation: ONE, person: null })
  const mark = id.slice(23)
  const forged = [
    `${TWO}.${mark}`,
    `${ONE}.${'A'.repeat(22)}`,
    `${ONE}.${mark.slice(0, 21)}`,
    `${ONE}.${mark}x`,
    `${ONE}.`,
    ONE,
    ` ${id}`,
    `${id}\n`,
    '__proto__'
  ]
  expect(forged.map((one) => readCustomerId(port, one))).toEqual(forged.map((subject) => ({ kind: 'person', subject })))
  expect(readCustomerId(port, '')).toBeNull()
  expect(asked).toContain(mark)
})

test('an id from before a conversation was merged still finds it', async () => {
  const bench = await openBench()
  const [former, now] = [bench.open(), bench.open(PERSON)]
  await bench.say(former, 'hello')
  const formerId = String(bench.sent[0]?.body.customer_id)
  bench.change(former, { id: now, person: PERSON })
  const text = { type: 'text', message_id: 'm1', text: 'Hi' }
  expect(await bench.call({ ...text, customer_id: formerId })).toEqual({ status: 200, text: 'success' })
  expect(await bench.call({ ...text, customer_id: PERSON.subject })).toEqual({ status: 200, text: 'success' })
  expect(bench.seen).toEqual([{ did: 'append', conversation: now, externalId: 'dms:m1', parts: [{ kind: 'text', text: 'Hi' }] }])
})
