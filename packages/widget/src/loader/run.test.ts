// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest'
import { TAG } from '../chat-element.js'
import { fakeClient, type FakeClient } from '../testing/fake-client.js'
import { find, findAll } from '../testing/find.js'
import { defineForTests, drawn } from '../testing/mount.js'
import { runLoader } from './run.js'
import { findScript } from './script-options.js'

function addScript(data: Record<string, string> = {}, src = 'https://chat.example.com/parley.js'): HTMLScriptElement {
  const script = document.createElement('script')
  Object.defineProperty(script, 'src', { value: src })
  script.setAttribute('src', src)
  // No browser fetches a script of this type; happy-dom would try.
  script.type = 'text/plain'
  Object.assign(script.dataset, { inbox: 'support', ...data })
  return script
}

/** Plays the fetched chunk: it brings the element to life with this client. */
function chunk(client: FakeClient) {
  return vi.fn(async () => {
    defineForTests(() => client)
    const element = document.querySelector(TAG)
    if (element) customElements.upgrade(element)
  })
}
const chats = (): Element[] => [...document.querySelectorAll(TAG)]

afterEach(async () => {
  await window.Parley?.('shutdown')
  delete window.Parley
  localStorage.clear()
  document.body.replaceChildren()
})

describe('the loader', () => {
  // First in this file: the element is not known yet, so the loader draws by itself.
  test('draws the launcher without fetching anything; a click fetches and opens', async () => {
    const client = fakeClient()
    const load = chunk(client)
    runLoader(addScript({ colorScheme: 'dark', position: 'left', locale: 'de' }), load)
    const element = chats()[0]
    expect(['url', 'inbox', 'color-scheme', 'position', 'locale'].map((name) => element?.getAttribute(name))).toEqual([
      'https://chat.example.com',
      'support',
      'dark',
      'left',
      'de'
    ])
    expect(load).not.toHaveBeenCalled()
    const launcher = find(document, 'button', 'Open chat')
    launcher.dispatchEvent(new Event('pointerenter'))
    launcher.click()
    await vi.waitFor(() => expect(customElements.get(TAG)).toBeDefined())
    expect(load).toHaveBeenCalledTimes(1)
  })

  test('calls that were made before it had loaded are done, in order', async () => {
    const client = fakeClient()
    window.Parley = Object.assign(async () => undefined, { q: [['prefill', 'Hello'], ['open'], ['nonsense']] })
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    runLoader(addScript(), chunk(client))
    await vi.waitFor(() => expect(findAll(document, 'dialog', 'Chat')).toHaveLength(1))
    expect([(find(document, 'textbox', 'Message') as HTMLTextAreaElement).value, String(errors.mock.calls[0]?.[1])]).toEqual([
      'Hello',
      expect.stringContaining("There is no Parley('nonsense')")
    ])
    errors.mockRestore()
  })

  test('a second inclusion updates the options and is never a second chat', async () => {
    const load = chunk(fakeClient())
    runLoader(addScript(), load)
    const first = window.Parley
    runLoader(addScript({ position: 'left' }), load)
    // A stub that was put over the function changes nothing.
    window.Parley = Object.assign(async () => undefined, { q: [['update', { colorScheme: 'dark' }]] })
    runLoader(addScript(), load)
    expect([
      chats().length,
      chats()[0]?.getAttribute('position'),
      chats()[0]?.getAttribute('color-scheme'),
      window.Parley === first,
      load.mock.calls.length
    ]).toEqual([1, 'left', 'dark', true, 0])
  })

  test('connects by itself only when an earlier visit left a conversation open', async () => {
    vi.useFakeTimers()
    const silent = fakeClient()
    runLoader(addScript(), chunk(silent))
    await vi.advanceTimersByTimeAsync(6_000)
    await window.Parley?.('shutdown')
    delete window.Parley
    localStorage.setItem('parley:https://chat.example.com:support', JSON.stringify({ open: true }))
    const client = fakeClient()
    runLoader(addScript(), chunk(client))
    await vi.advanceTimersByTimeAsync(6_000)
    vi.useRealTimers()
    expect([silent.calls, client.calls[0], findAll(document, 'dialog').length]).toEqual([[], ['connect'], 0])
  })

  test.each(['{', '[]', 'null', '{"open":"yes"}'])('a flag of another kind (%s) connects nothing', async (kept) => {
    localStorage.setItem('parley:https://chat.example.com:support', kept)
    vi.useFakeTimers()
    const load = chunk(fakeClient())
    runLoader(addScript(), load)
    await vi.advanceTimersByTimeAsync(6_000)
    vi.useRealTimers()
    expect(load).not.toHaveBeenCalled()
  })

  test('shutdown leaves nothing, and boot begins again', async () => {
    const client = fakeClient()
    runLoader(addScript(), chunk(client))
    const heard: unknown[] = []
    await window.Parley?.('on', 'opened', () => heard.push('opened'))
    await window.Parley?.('open')
    await window.Parley?.('shutdown')
    window.dispatchEvent(new CustomEvent('parley:opened'))
    expect([chats(), client.calls.at(-1), heard]).toEqual([[], ['close'], ['opened']])
    await window.Parley?.('boot', { position: 'left' })
    expect([chats().length, chats()[0]?.getAttribute('inbox'), chats()[0]?.getAttribute('position')]).toEqual([1, 'support', 'left'])
  })

  test('verbs reach the chat, and off stops listening', async () => {
    const client = fakeClient()
    runLoader(addScript(), chunk(client))
    const heard: unknown[] = []
    const listener = (detail: unknown) => heard.push(detail)
    await window.Parley?.('command', { name: 'cart', description: 'Shows the cart', run: () => 'empty' })
    await window.Parley?.('on', 'unread', listener)
    await window.Parley?.('send', 'hello')
    await window.Parley?.('run', 'me', {})
    client.conversation.$unread.set(1)
    await window.Parley?.('off', 'unread', listener)
    client.conversation.$unread.set(2)
    await window.Parley?.('hide')
    expect([client.calls, heard, chats()[0]?.hasAttribute('hidden')]).toEqual([
      [['register', 'cart'], ['connect'], ['send', 'hello'], ['run', 'me', {}]],
      [{ count: 1 }],
      true
    ])
  })

  test('a chunk that cannot be fetched is told, and the next call tries again', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const attempts: number[] = []
    runLoader(addScript(), async (attempt) => {
      attempts.push(attempt)
      if (attempt === 0) throw new TypeError('Failed to fetch')
      return chunk(fakeClient())()
    })
    await expect(window.Parley?.('open')).rejects.toThrow('Failed to fetch')
    await window.Parley?.('open')
    await drawn()
    expect([attempts, errors.mock.calls.length, findAll(document, 'dialog').length]).toEqual([[0, 1], 1, 1])
    errors.mockRestore()
  })

  test('identify loads nothing by itself, and is told to the chat before anything else is done with it', async () => {
    const client = fakeClient()
    const load = chunk(client)
    runLoader(addScript(), load)
    await window.Parley?.('identify', 'a.token.')
    expect(load).not.toHaveBeenCalled()
    await window.Parley?.('open')
    await window.Parley?.('identify', 'another.token.')
    expect(client.calls.filter(([name]) => name === 'identify' || name === 'connect')).toEqual([
      ['identify', 'a.token.'],
      ['connect'],
      ['identify', 'another.token.']
    ])
  })

  test('without a currentScript, the last tag of our name is taken', () => {
    document.body.append(
      addScript({ inbox: 'a' }),
      addScript({ inbox: 'b' }, 'https://chat.example.com/parley.js?v=2'),
      addScript({}, 'https://example.com/notparley.js')
    )
    expect(findScript(document)?.dataset['inbox']).toBe('b')
  })
})
