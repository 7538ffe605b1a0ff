import { createFakeClock, createFakePort } from '@parley/engine/contracts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type OldHook, startOldHook } from './fixtures/old-hook.js'
import { lch } from './index.js'

/** Against a real Socket.IO server, which behaves as a Labb Chat Hook does. */

let hook: OldHook
beforeEach(async () => {
  hook = await startOldHook((at, { customer_id, message_id, text }) =>
    at.push(String(customer_id), { type: 'text', customer_id, message_id: `re ${message_id}`, text: `You said ${text}`, author: 'Agent' })
  )
})
afterEach(() => hook.stop())

async function connected() {
  const clock = createFakeClock()
  const port = createFakePort({ clock })
  const connector = lch({ url: hook.url, customer: { id: '4711', name: 'Customer' } })
  await connector.start(port)
  await vi.waitFor(() => expect(port.reached).toEqual([false, true]))
  async function stop(): Promise<void> {
    const stopping = connector.stop()
    await vi.waitFor(() => expect(hook.passedOn.at(-1)).toMatchObject({ type: 'customer_end_session' }))
    await clock.advance(500)
    await stopping
  }
  return { clock, port, connector, stop }
}

test('a message gets there with five fields, the answer is recorded and then acknowledged, and the end is told', async () => {
  const { clock, port, connector, stop } = await connected()
  const hello = port.say('Hello')
  const delivered = connector.deliver(hello)
  await port.until((recorded) => recorded.length === 1)
  await clock.advance(1_500)
  await delivered
  await vi.waitFor(() => expect(hook.acknowledged).toHaveLength(1))
  expect(port.recorded).toMatchObject([{ did: 'append', externalId: `dms:re ${hello.event.messageId}`, parts: [{ kind: 'text', text: 'You said Hello' }] }])
  await stop()
  const customer = { customer_id: '4711', customer_name: 'Customer' }
  expect(hook.passedOn).toEqual([
    { ...customer, type: 'text', message_id: hello.event.messageId, text: ['Hello'] },
    { ...customer, type: 'customer_end_session' }
  ])
})

test('an outside that fails is told about the message that it was for', async () => {
  const { port, connector } = await connected()
  hook.breakOutside()
  await expect(connector.deliver(port.say('Hello'))).rejects.toMatchObject({ name: 'DeliveryFault', retry: false })
})

test('a hook that goes away is told to the page', async () => {
  const { port, connector } = await connected()
  await hook.stop()
  await vi.waitFor(() => expect(port.reached).toEqual([false, true, false]))
  await connector.stop()
})
