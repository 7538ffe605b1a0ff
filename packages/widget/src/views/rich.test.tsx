// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ChatElement } from '../chat-element.js'
import { fakeClient, messageItem } from '../testing/fake-client.js'
import { find, findAll } from '../testing/find.js'
import { defineForTests, drawn, type } from '../testing/mount.js'

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
  test('is not fetched for plain text, is fetched with the first slash, and then draws without a gap', async () => {
    const client = fakeClient([messageItem('Hello')])
    const element = mountPlain(client)
    const field = find(element, 'textbox', 'Message')
    await drawn()
    await type(field, 'hi')
    const before = chunk.asked
    await type(field, '/')
    await vi.waitFor(() => expect(chunk.asked).toBe(1))
    await vi.dynamicImportSettled()
    client.conversation.$timeline.set([messageItem([{ kind: 'data', value: { a: 1 } }])])
    await drawn()
    expect([before, findAll(element, 'table').length, element.shadowRoot?.textContent?.includes('Loading')]).toEqual([0, 1, false])
  })
})
