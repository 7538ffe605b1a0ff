// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ConnectionState } from '@parley/sdk'
import { TAG, type ChatElement } from './chat-element.js'
import { fakeClient, messageItem } from './testing/fake-client.js'
import { find, findAll } from './testing/find.js'
import { defineForTests, drawn, mountOpen, press } from './testing/mount.js'

function mount(attributes: Record<string, string> = {}): ChatElement {
  const element = document.createElement(TAG) as ChatElement
  for (const [name, value] of Object.entries({ url: 'https://chat.example.com/', inbox: 'support', ...attributes })) element.setAttribute(name, value)
  document.body.append(element)
  return element
}

const status = (state: ConnectionState, attempt: number) => ({ state, attempt, retryInMs: null, error: null })

afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

describe('<parley-chat>', () => {
  test('makes its client at the first use, not before, from the attributes', async () => {
    const made: unknown[] = []
    const client = fakeClient()
    defineForTests((options) => {
      made.push(options)
      return client
    })
    const element = mount()
    expect([made, findAll(element, 'dialog').length]).toEqual([[], 0])
    find(element, 'button', 'Open chat').click()
    await drawn()
    expect([made, client.calls[0], element.isOpen]).toEqual([[{ url: 'https://chat.example.com', inbox: 'support' }], ['connect'], true])
  })

  test('opening moves the focus to the field, Escape closes and gives it back', async () => {
    const element = await mountOpen(fakeClient())
    const field = find(element, 'textbox', 'Message')
    expect(element.shadowRoot?.activeElement).toBe(field)
    await press(field, 'Escape')
    expect(element.shadowRoot?.activeElement).toBe(find(element, 'button', 'Open chat'))
  })

  test('tells the page what happens, on the element and on the window', async () => {
    defineForTests(() => fakeClient())
    const heard: string[] = []
    const names = ['ready', 'opened', 'connection', 'closed']
    const onWindow = (event: Event) => heard.push(`window ${event.type}`)
    for (const name of names) window.addEventListener(`parley:${name}`, onWindow)
    const element = mount()
    for (const name of names) element.addEventListener(`parley:${name}`, (event) => heard.push(`element ${event.type}`))
    element.open()
    element.close()
    for (const name of names) window.removeEventListener(`parley:${name}`, onWindow)
    expect(heard).toEqual(['window parley:ready', ...['connection', 'opened', 'closed'].flatMap((name) => [`element parley:${name}`, `window parley:${name}`])])
  })

  test('the unread count stands on the launcher, in words for those who listen', async () => {
    const client = fakeClient()
    const element = await mountOpen(client)
    element.close()
    client.conversation.$unread.set(3)
    await drawn()
    const launcher = find(element, 'button', 'Open chat')
    expect(element.shadowRoot?.getElementById(launcher.getAttribute('aria-describedby') ?? '')?.textContent).toContain('3 unread messages')
  })

  test('a banner tells how the line is and tries again when asked', async () => {
    const client = fakeClient()
    const element = await mountOpen(client)
    vi.useFakeTimers()
    client.$connection.set(status('offline', 1))
    await vi.advanceTimersByTimeAsync(1_000)
    find(element, 'button', 'Try now').click()
    expect(client.calls.filter(([verb]) => verb === 'connect')).toHaveLength(2)
  })

  test('a line that is away for less than a second is not worth a word, one that stays away is', async () => {
    const client = fakeClient()
    const element = await mountOpen(client)
    await drawn()
    vi.useFakeTimers()
    const seen: (string | undefined)[] = []
    const pass = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms)
      const text = (name: string) => element.shadowRoot?.querySelector(name)?.textContent
      seen.push([text('.status'), text('.banner p')].join(' '))
    }
    client.$connection.set(status('connecting', 1))
    await pass(900)
    client.$connection.set(status('online', 0))
    await pass(900)
    client.$connection.set(status('waiting', 0))
    await pass(600)
    client.$connection.set(status('connecting', 1))
    await pass(600)
    client.$connection.set(status('online', 0))
    await pass(0)
    expect(seen).toEqual(['Online ', 'Online ', 'Online ', 'Reconnecting… Reconnecting… your messages are kept and will be sent.', 'Online '])
  })

  test('the window brings no landmark of a page: its head is no banner', async () => {
    const element = await mountOpen(fakeClient([messageItem('Hello')]))
    await drawn()
    expect([...(element.shadowRoot?.querySelectorAll('header, footer, main, nav, [role=banner]') ?? [])]).toEqual([])
  })

  test('offers commands of the page to the client it gets, and takes them away again', async () => {
    const client = fakeClient()
    defineForTests(() => client)
    const element = mount()
    const takeAway = element.command({ name: 'cart', description: 'Shows the cart', run: () => 'empty' })
    element.connect()
    takeAway()
    expect(client.calls).toEqual([['register', 'cart'], ['connect'], ['unregister', 'cart']])
  })

  test.each(['that the element made', 'that the page gave'])('an ended conversation of a client %s is begun anew, by the same visitor', async (whose) => {
    const client = fakeClient()
    defineForTests(() => client)
    const element = mount()
    if (whose === 'that the page gave') element.client = client
    element.open()
    const focused = () => element.shadowRoot?.activeElement?.getAttribute('aria-label') ?? element.shadowRoot?.activeElement?.textContent
    const seen = [focused()]
    client.conversation.$status.set('closed')
    await drawn()
    seen.push(focused())
    expect(findAll(element, 'textbox')).toEqual([])
    const button = find(element, 'button', 'Start a new conversation')
    button.click()
    button.click()
    await drawn()
    client.conversation.$status.set('open')
    await drawn()
    seen.push(focused())
    expect([client.calls.map(([verb]) => verb), element.client === client, seen]).toEqual([
      ['connect', 'begin'],
      true,
      ['Message', 'Start a new conversation', 'Message']
    ])
  })

  test('after shutdown nothing is left: no element, no connection, no drawing', async () => {
    const client = fakeClient()
    defineForTests(() => client)
    const element = mount()
    element.open()
    element.shutdown()
    await drawn()
    expect([document.querySelector(TAG), client.calls.at(-1), element.shadowRoot?.textContent]).toEqual([null, ['close'], ''])
  })

  test("the page's own client is never closed", async () => {
    const client = fakeClient()
    const element = await mountOpen(client)
    element.shutdown()
    await drawn()
    expect(client.calls).toEqual([['connect']])
  })

  test('a wrong configuration is told, and breaks nothing', () => {
    defineForTests(() => {
      throw new Error('no inbox')
    })
    const errors: unknown[] = []
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const listen = (event: Event) => errors.push((event as CustomEvent<Error>).detail.message)
    window.addEventListener('parley:error', listen)
    mount().open()
    window.removeEventListener('parley:error', listen)
    expect([errors, logged.mock.calls.length]).toEqual([['no inbox'], 1])
    logged.mockRestore()
  })
})
