// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ChatElement } from '../chat-element.js'
import { fakeClient, messageItem } from '../testing/fake-client.js'
import { find, findAll } from '../testing/find.js'
import { defineForTests, drawn, press, type } from '../testing/mount.js'
import { loadRich, provideRich } from './rich.js'

/** How often the chunk was asked for, and whether it can be had. */
const chunk = vi.hoisted(() => ({ asked: 0 }))
vi.mock('../rich/index.js', async (original) => {
  chunk.asked++
  return await original()
})

function mountPlain(client = fakeClient()): ChatElement {
  defineForTests(() => client)
  const element = document.createElement('parley-chat') as ChatElement
  element.client = client
  document.body.append(element)
  element.open()
  return element
}

afterEach(() => document.body.replaceChildren())

describe('what only some conversations need', () => {
  test('is no matter to the reader where it is only a help: a command can be typed without it', async () => {
    const spec = { name: 'flow', description: 'Starts a flow', args: [{ name: 'id', type: 'text' }] } as const
    const client = fakeClient([], [spec])
    const element = mountPlain(client)
    let tries = 0
    provideRich(() => {
      tries++
      return Promise.reject(new Error('no line'))
    })
    await drawn()
    const field = find(element, 'textbox', 'Message')
    await type(field, '/flow 7')
    await drawn()
    const alerts = findAll(element, 'alert').map((one) => one.textContent)
    await press(field, 'Enter')
    provideRich(() => import('../rich/index.js'))
    expect([tries > 0, alerts, findAll(element, 'listbox'), client.calls.filter(([verb]) => verb === 'send')]).toEqual([true, [''], [], [['send', '/flow 7']]])
  })

  test('is not fetched for plain text, is fetched with the first slash, and then draws without a gap', async () => {
    const client = fakeClient([messageItem('Hello')])
    const element = mountPlain(client)
    const field = find(element, 'textbox', 'Message')
    await drawn()
    await type(field, 'hi')
    const before = chunk.asked
    await type(field, '/')
    await vi.waitFor(() => expect(chunk.asked).toBe(1))
    await loadRich()
    client.conversation.$timeline.set([messageItem([{ kind: 'data', value: { a: 1 } }])])
    await drawn()
    expect([before, findAll(element, 'table').length, element.shadowRoot?.textContent?.includes('Loading'), chunk.asked]).toEqual([0, 1, false, 1])
  })
})
