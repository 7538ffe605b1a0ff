// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ParleyError, type CommandSpec, type Completion } from '@parley/protocol'
import { fakeClient, messageItem, type FakeClient } from '../testing/fake-client.js'
import { find, findAll, nameOf } from '../testing/find.js'
import { drawn, mountOpen, press, type } from '../testing/mount.js'

const COMMANDS: readonly CommandSpec[] = [
  { name: 'help', description: 'Lists every command', args: [] },
  {
    name: 'run-flow',
    description: 'Runs a flow',
    args: [
      { name: 'flow-id', type: 'text', required: true, wanted: '24 hexadecimal digits', description: 'Which flow' },
      { name: 'note', type: 'text' }
    ]
  }
]

async function mount(client: FakeClient = fakeClient([], COMMANDS)) {
  const element = await mountOpen(client)
  await drawn()
  const field = find(element, 'textbox', 'Message') as HTMLTextAreaElement
  return { client, element, field }
}
const sent = (client: FakeClient): unknown[] => client.calls.filter(([verb]) => verb === 'send').map(([, line]) => line)
const active = (element: HTMLElement, field: HTMLElement): string => {
  const option = findAll(element, 'option').find((one) => one.id === field.getAttribute('aria-activedescendant'))
  return option ? nameOf(option) : ''
}

afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

describe('the composer', () => {
  test('Enter sends and empties the field, Shift+Enter and a word in the making do not', async () => {
    const { client, field } = await mount()
    await type(field, ' hello ')
    await press(field, 'Enter', { shiftKey: true })
    await press(field, 'Enter', { isComposing: true })
    expect(sent(client)).toEqual([])
    await press(field, 'Enter')
    expect([sent(client), field.value]).toEqual([['hello'], ''])
  })

  test('the button sends, and nothing but blanks is not sent', async () => {
    const { client, element, field } = await mount()
    await type(field, '  ')
    find(element, 'button', 'Send').click()
    await type(field, 'hi')
    find(element, 'button', 'Send').click()
    await drawn()
    expect(sent(client)).toEqual(['hi'])
  })

  test('a line that is refused at once stays in the field, with the reason as an alert', async () => {
    const { client, element, field } = await mount()
    client.onSend = async () => {
      throw new ParleyError('command.unknown', 'There is no command /nope.')
    }
    await type(field, '/nope')
    await press(field, 'Enter')
    await drawn()
    expect([field.value, find(element, 'alert').textContent, field.getAttribute('aria-invalid')]).toEqual(['/nope', 'There is no command /nope.', 'true'])
    await type(field, '/nop')
    expect(find(element, 'alert').textContent).toBe('')
  })

  test('a line that is refused later is told by its own entry, not by the field', async () => {
    const { client, element, field } = await mount()
    client.onSend = async () => {
      client.conversation.$timeline.set([messageItem('hi', { isMine: true, status: 'failed' })])
      throw new ParleyError('append.invalid', 'No.')
    }
    await type(field, 'hi')
    await press(field, 'Enter')
    await drawn()
    expect([
      field.value,
      findAll(element, 'alert')
        .filter((one) => one.id)
        .map((one) => one.textContent)
    ]).toEqual(['', ['']])
  })

  test('writing tells the others, a command does not', async () => {
    const { client, field } = await mount()
    await type(field, '/h')
    await type(field, 'h')
    expect(client.calls.filter(([verb]) => verb === 'setTyping')).toHaveLength(1)
  })
})

describe('the list of commands', () => {
  test('opens with a slash and is worked by keys alone', async () => {
    const { client, element, field } = await mount()
    await type(field, '/')
    expect(findAll(find(element, 'listbox', 'Commands'), 'option').map(nameOf)).toEqual(['/help Lists every command', '/run-flow <flow-id> [note]Runs a flow'])
    const seen = [active(element, field)]
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Home', 'End']) {
      await press(field, key)
      seen.push(active(element, field))
    }
    expect(seen.map((name) => name.slice(0, 5))).toEqual(['/help', '/run-', '/help', '/run-', '/help', '/run-'])
    await press(field, 'Tab')
    expect([field.value, findAll(element, 'listbox'), sent(client)]).toEqual(['/run-flow ', [], []])
  })

  test('Enter completes an unfinished name and sends a finished one', async () => {
    const { client, field } = await mount()
    await type(field, '/he')
    await press(field, 'Enter')
    expect([field.value, sent(client)]).toEqual(['/help', []])
    await press(field, 'Enter')
    expect(sent(client)).toEqual(['/help'])
  })

  test('Escape closes the list first, then the chat', async () => {
    const { element, field } = await mount()
    await type(field, '/')
    await press(field, 'Escape')
    expect([findAll(element, 'listbox').length, element.isOpen]).toEqual([0, true])
    await press(field, 'Escape')
    expect(element.isOpen).toBe(false)
  })

  test('a click chooses, and the hint says what the argument wants', async () => {
    const { element, field } = await mount()
    await type(field, '/run')
    find(element, 'option', /run-flow/).click()
    await drawn()
    expect(field.value).toBe('/run-flow ')
    expect(find(element, 'dialog', 'Chat').textContent).toContain('/run-flow <flow-id> [note]Which flow · 24 hexadecimal digits')
    const marked = () => element.shadowRoot?.querySelector('.hint b')?.textContent
    const seen = [marked()]
    await type(field, '/run-flow 58b41f5da9ee9d0018194bf3 ')
    expect([...seen, marked()]).toEqual(['<flow-id>', '[note]'])
  })
})

describe('values for an argument', () => {
  const FLOW: CommandSpec = {
    name: 'flow',
    description: 'Starts and stops flows',
    args: [
      { name: 'do', type: 'choice', choices: ['start', 'stop'], required: true },
      { name: 'flow', type: 'text', completes: true, required: true },
      { name: 'note', type: 'text' }
    ]
  }
  const SYNC = { value: '58b4 a', label: 'Sync contacts', description: 'active' }
  const EXPORT = { value: '58b4 b', label: 'Export' }

  /** The field of a chat whose clock stands still; writing lets this much time pass. */
  async function mountStill() {
    const mounted = await mount(fakeClient([], [FLOW]))
    const { client, element, field } = mounted
    client.completions = [SYNC, EXPORT]
    vi.useFakeTimers()
    return {
      ...mounted,
      asked: () => client.calls.filter(([verb]) => verb === 'complete').map(([, ...what]) => what),
      shown: () => findAll(element, 'option').map(nameOf),
      async write(text: string, ms = 300) {
        field.value = text
        field.dispatchEvent(new Event('input', { bubbles: true }))
        await vi.advanceTimersByTimeAsync(ms)
      },
      async key(key: string) {
        field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
        await vi.advanceTimersByTimeAsync(0)
      }
    }
  }

  test('choices are offered without asking; what the gateway knows is asked for once the typing rests', async () => {
    const { write, asked, shown } = await mountStill()
    await write('/flow s')
    expect([shown(), asked()]).toEqual([['start', 'stop'], []])
    await write('/flow stop ', 100)
    await write('/flow stop 5', 100)
    await write('/flow stop 58', 100)
    expect([shown(), asked()]).toEqual([[], []])
    await write('/flow stop 58b')
    expect([asked(), shown()]).toEqual([[['flow', 'flow', '58b']], ['Sync contacts 58b4 aactive', 'Export 58b4 b']])
    await write('/flow stop 58b note')
    expect(asked()).toHaveLength(1)
  })

  test('are worked by keys alone: arrows choose, Tab and Enter put the value in, Enter then sends', async () => {
    const { client, element, field, write, key, shown } = await mountStill()
    await write('/flow stop ')
    expect(nameOf(find(element, 'listbox'))).toBe('Choices for flow')
    const seen = [active(element, field)]
    await key('ArrowDown')
    seen.push(active(element, field))
    expect(seen).toEqual(['Sync contacts 58b4 aactive', 'Export 58b4 b'])
    await key('Enter')
    expect([field.value, sent(client)]).toEqual(['/flow stop "58b4 b"', []])
    await vi.advanceTimersByTimeAsync(300)
    expect(shown()).toEqual([])
    await write('/flow stop s')
    await key('Tab')
    expect(field.value).toBe('/flow stop "58b4 a"')
    await vi.advanceTimersByTimeAsync(300)
    await key('Enter')
    expect(sent(client)).toEqual(['/flow stop "58b4 a"'])
  })

  test('Escape closes the list first, then the chat', async () => {
    const { element, write, key, shown } = await mountStill()
    await write('/flow stop ')
    await key('Escape')
    expect([shown(), element.isOpen]).toEqual([[], true])
    await key('Escape')
    expect(element.isOpen).toBe(false)
  })

  test('what fits of the former answer stays until the next is here; one that comes too late counts no more', async () => {
    const { client, write, shown } = await mountStill()
    const answers = new Map<string, (found: readonly Completion[]) => void>()
    client.conversation.complete = (_command, _argument, text) => new Promise((resolve) => answers.set(text, resolve))
    const answer = async (text: string, ...found: Completion[]) => {
      answers.get(text)?.(found)
      await vi.advanceTimersByTimeAsync(0)
    }
    await write('/flow stop e')
    await answer('e', SYNC, EXPORT)
    const seen = [shown()]
    await write('/flow stop ex')
    seen.push(shown())
    await write('/flow stop exq')
    seen.push(shown())
    await answer('ex', SYNC)
    seen.push(shown())
    await answer('exq', EXPORT)
    seen.push(shown())
    await write('/flow stop ')
    seen.push(shown())
    expect([[...answers.keys()], seen]).toEqual([
      ['e', 'ex', 'exq', ''],
      [['Sync contacts 58b4 aactive', 'Export 58b4 b'], ['Export 58b4 b'], [], [], ['Export 58b4 b'], []]
    ])
  })
})
