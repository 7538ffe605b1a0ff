import { createHmac } from 'node:crypto'
import type { ConversationId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { customerIdOf, readCustomerId } from './customer.js'
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
  const named = customerIdOf(port, { conversation: ONE, person: PERSON }, true)
  const nobody = customerIdOf(port, { conversation: ONE, person: null }, false)
  expect([named, customerIdOf(port, { conversation: ONE, person: PERSON }, false)]).toEqual(['1001', nobody])
  expect(nobody).toMatch(/^A{22}\.[\w-]{22}$/)
  expect(readCustomerId(port, named)).toEqual({ kind: 'person', subject: '1001' })
  expect(readCustomerId(port, nobody)).toEqual({ kind: 'conversation', conversation: ONE })
})

test('a mark cannot be made up, is not good for another conversation, and is compared in constant time', () => {
  const id = customerIdOf(port, { conversation: ONE, person: null }, false)
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

test('a conversation keeps its id while it lasts at DMS, also when the visitor gets a name', async () => {
  const bench = await openBench()
  const here = bench.open()
  await bench.say(here, 'one')
  bench.change(here, { person: PERSON })
  await bench.say(here, 'two')
  await bench.connector.typing?.(bench.typing(here))
  await bench.connector.deliver(bench.delivery(here, 'conversation.closed', { reason: 'x' }))
  const ids = bench.sent.map(({ body }) => body.customer_id)
  expect([ids.length, new Set(ids).size, ids.includes(PERSON.subject)]).toEqual([4, 1, false])
  expect(bench.sent.map(({ body }) => body.customer_name)).toEqual(['Visitor', 'Customer', undefined, undefined])
})

test('a conversation of somebody with a name that is not found by the name, as one handed over here, is found by its own id', async () => {
  const bench = await openBench()
  const here = bench.open(PERSON)
  Object.assign(bench.port.conversation, { ofPerson: async () => null })
  await bench.say(here, 'hello')
  const customer_id = String(bench.sent[0]?.body.customer_id)
  expect(customer_id.startsWith(`${here}.`)).toBe(true)
  expect(await bench.call({ type: 'text', message_id: 'm1', text: 'Hi', customer_id })).toEqual({ status: 200, text: 'success' })
  expect(bench.seen.map(({ conversation }) => conversation)).toEqual([here])
})
