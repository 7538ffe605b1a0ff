// @vitest-environment happy-dom
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ParleyError, safeLink, safeSource, type Card, type CardAction, type CardsPart, type CommandSpec } from '@parley/protocol'
import type { TimelineItem } from '@parley/sdk'
import { fakeClient, messageItem, resultItem } from '../testing/fake-client.js'
import { find, findAll, nameOf } from '../testing/find.js'
import { drawn, mountOpen } from '../testing/mount.js'

const FLOW: CommandSpec = {
  name: 'flow',
  description: 'Starts and stops flows',
  args: [
    { name: 'do', type: 'choice', choices: ['start', 'stop'] },
    { name: 'id', type: 'text' }
  ]
}
const START: CardAction = { label: 'Start', command: 'flow', args: { do: 'start', id: '7' } }
const PICK: CardAction = { label: 'Pick', value: 'a' }
const cards = (...all: readonly Card[]): CardsPart => ({ kind: 'cards', layout: 'list', cards: all })
const withActions = (...actions: readonly CardAction[]): CardsPart => cards({ title: 'Lamp', actions })

async function mount(item: TimelineItem, commands: readonly CommandSpec[] = [FLOW]) {
  const client = fakeClient([item], commands)
  const element = await mountOpen(client)
  await drawn()
  const acts = () => client.calls.filter(([verb]) => verb !== 'connect' && verb !== 'markRead')
  return { client, element, log: find(element, 'log', 'Messages'), acts }
}
const descriptionOf = (button: HTMLElement): string | null => {
  const root = button.getRootNode() as ShadowRoot
  return root.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent ?? null
}
const isOff = (button: HTMLElement): boolean => button.getAttribute('aria-disabled') === 'true'

afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

describe('a list of cards', () => {
  test('shows each thing as a group of its title, its status in a word, its picture when it is near', async () => {
    const { log } = await mount(
      messageItem([
        {
          ...cards(
            { title: 'Sync', text: 'Every **night**', status: { text: 'active', tone: 'good' }, image: 'https://example.com/a.png', alt: 'Two arrows' },
            { title: 'Export', status: { text: 'failed', tone: 'bad' }, image: 'https://example.com/b.png' }
          ),
          text: 'Your flows',
          actions: [{ label: 'More', value: 'more' }]
        }
      ])
    )
    expect(findAll(log, 'group').map((one) => [nameOf(one), one.textContent])).toEqual([
      ['Sync', 'Sync activeEvery night'],
      ['Export', 'Export failed']
    ])
    expect([...log.querySelectorAll('img')].map((one) => [one.alt, one.src, one.getAttribute('loading'), one.getAttribute('referrerpolicy')])).toEqual([
      ['Two arrows', 'https://example.com/a.png', 'lazy', 'no-referrer'],
      ['', 'https://example.com/b.png', 'lazy', 'no-referrer']
    ])
    expect([nameOf(find(log, 'list')), find(log, 'list').children.length, findAll(log, 'button').map(nameOf)]).toEqual(['Your flows', 2, ['More']])
  })

  test('a picture that does not come leaves its description, and an ornament leaves nothing', async () => {
    const { log } = await mount(
      messageItem([cards({ title: 'A', image: 'https://example.com/a.png', alt: 'A map' }, { title: 'B', image: 'https://example.com/b.png' })])
    )
    for (const image of log.querySelectorAll('img')) image.dispatchEvent(new Event('error'))
    await drawn()
    expect([log.querySelectorAll('img').length, findAll(log, 'group').map((one) => one.textContent)]).toEqual([0, ['A mapA ', 'B ']])
  })
})

describe('an action that runs a command', () => {
  test('runs the one of the inbox, is busy until that is taken, and takes no second click for a while after', async () => {
    const { client, log, acts } = await mount(messageItem([withActions(START)]))
    const button = find(log, 'button', 'Start')
    const seen: unknown[] = []
    const see = () => seen.push([button.getAttribute('aria-busy'), isOff(button), descriptionOf(button)])
    let take = () => {}
    client.onRun = () => new Promise((resolve) => (take = () => resolve({ seq: 1, at: null, messageId: null })))
    vi.useFakeTimers()
    button.click()
    button.click()
    await vi.advanceTimersByTimeAsync(10_000)
    see()
    button.click()
    take()
    await vi.advanceTimersByTimeAsync(1_400)
    see()
    button.click()
    await vi.advanceTimersByTimeAsync(200)
    see()
    const run = ['run', 'flow', { do: 'start', id: '7' }, { of: 'inbox' }]
    expect([acts(), seen]).toEqual([
      [run],
      [
        ['true', true, 'Sending…'],
        [null, true, null],
        [null, false, null]
      ]
    ])
    button.click()
    expect(acts()).toEqual([run, run])
  })

  test('that is refused says so and can be pressed again at once', async () => {
    const { client, element, log, acts } = await mount(messageItem([withActions(START)]))
    client.onRun = async () => {
      throw new ParleyError('command.invalid', 'No flow is called 7.')
    }
    find(log, 'button', 'Start').click()
    await drawn()
    expect([element.shadowRoot?.getElementById('problem')?.textContent, isOff(find(log, 'button', 'Start'))]).toEqual(['No flow is called 7.', false])
    find(log, 'button', 'Start').click()
    expect(acts()).toHaveLength(2)
  })

  test('that the inbox does not offer rests and says why, also when the page has one of that name; it wakes when it is offered', async () => {
    const { client, element, log, acts } = await mount(messageItem([withActions(START)]), [])
    client.conversation.$commands.set([FLOW])
    await drawn()
    const button = find(log, 'button', 'Start')
    const why = '/flow is not offered here any more.'
    expect([isOff(button), descriptionOf(button)]).toEqual([true, why])
    button.click()
    await drawn()
    expect([element.shadowRoot?.getElementById('problem')?.textContent, acts()]).toEqual([why, []])
    client.conversation.$inboxCommands.set([FLOW])
    await drawn()
    expect([isOff(button), descriptionOf(button)]).toEqual([false, null])
    button.click()
    await drawn()
    expect([element.shadowRoot?.getElementById('problem')?.textContent, acts().length]).toEqual(['', 1])
  })

  test('rests when this choice is not offered to this visitor', async () => {
    const watchOnly: CommandSpec = { ...FLOW, args: [{ name: 'do', type: 'choice', choices: ['watch'] }, ...FLOW.args.slice(1)] }
    const { log, acts } = await mount(messageItem([withActions(START)]), [watchOnly])
    find(log, 'button', 'Start').click()
    expect([isOff(find(log, 'button', 'Start')), descriptionOf(find(log, 'button', 'Start')), acts()]).toEqual([true, '“Start” is not offered here.', []])
  })

  test('rests when the conversation is over', async () => {
    const { client, log, acts } = await mount(messageItem([withActions(START, PICK)]))
    client.conversation.$status.set('closed')
    await drawn()
    for (const button of findAll(log, 'button')) button.click()
    expect([findAll(log, 'button').map((one) => [isOff(one), descriptionOf(one)]), acts()]).toEqual([
      [
        [true, 'This conversation has ended.'],
        [true, 'This conversation has ended.']
      ],
      []
    ])
  })
})

describe('an action that answers', () => {
  const part: CardsPart = {
    ...cards({ title: 'Lamp', actions: [PICK, START] }, { title: 'Stool', actions: [{ label: 'Pick', value: 'b' }] }),
    actions: [{ label: 'None of these', value: 'none' }]
  }

  test('says whose button it was where several read the same', async () => {
    const item = messageItem([part])
    const { log, acts } = await mount(item)
    findAll(log, 'button', 'Pick')[1]?.click()
    find(log, 'button', 'None of these').click()
    expect(acts()).toEqual([
      ['answer', item.key, 'b', 'Pick: Stool'],
      ['answer', item.key, 'none', 'None of these']
    ])
  })

  test('rests once one is given, with the chosen one pressed; commands go on', async () => {
    const { log, acts } = await mount(messageItem([part], { answer: 'b' }))
    for (const button of findAll(log, 'button')) button.click()
    expect(findAll(log, 'button').map((one) => [nameOf(one), isOff(one), one.getAttribute('aria-pressed')])).toEqual([
      ['Pick', true, 'false'],
      ['Start', false, null],
      ['Pick', true, 'true'],
      ['None of these', true, 'false']
    ])
    expect(acts().map(([verb]) => verb)).toEqual(['run'])
  })

  test('answers the result of a command as well', async () => {
    const item = resultItem({ state: 'finished', late: false, parts: [part] })
    const { log, acts } = await mount(item)
    find(log, 'button', 'None of these').click()
    expect(acts()).toEqual([['answer', item.key, 'none', 'None of these']])
  })

  test('rests where nobody is there to answer: in what only this page knows', async () => {
    const local = { kind: 'local', key: 'k', seq: null, author: null, isMine: true, at: null, line: '/mine', state: 'finished', parts: [part] } as const
    const { log, acts } = await mount(local)
    find(log, 'button', 'None of these').click()
    expect([descriptionOf(find(log, 'button', 'None of these')), acts()]).toEqual(['This cannot be answered here.', []])
  })
})

describe('an address', () => {
  test('opens a new tab that has no hold on the page', async () => {
    const { log } = await mount(messageItem([withActions({ label: 'Open', url: 'https://example.com/7' })]))
    const link = find(log, 'link')
    expect([nameOf(link), ...['href', 'target', 'rel'].map((name) => link.getAttribute(name))]).toEqual([
      'Open (opens in a new tab)',
      'https://example.com/7',
      '_blank',
      'noopener noreferrer'
    ])
  })

  test('whatever it is, links and pictures lead only where people may be led', async () => {
    const address = fc.oneof(
      fc.webUrl(),
      fc.string(),
      fc.constantFrom('javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'blob:null/x', 'mailto:a@b.example', '//evil.example', '/x', '')
    )
    const { client, log } = await mount(messageItem('Hello'))
    await fc.assert(
      fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 6 }), async (addresses) => {
        const all = addresses.map((url): Card => ({ title: 'x', image: url, actions: [{ label: 'x', url }] }))
        client.conversation.$timeline.set([messageItem([cards(...all), { ...cards(...all), layout: 'carousel' }])])
        await drawn()
        const links = [...log.querySelectorAll('a')].map((link) => link.getAttribute('href'))
        const pictures = [...log.querySelectorAll('img')].map((image) => image.getAttribute('src'))
        const twice = (safe: (url: string) => string | null) => [...addresses, ...addresses].map(safe).filter((url) => url !== null)
        expect([links, pictures]).toEqual([twice(safeLink), twice(safeSource)])
      }),
      { numRuns: 30 }
    )
  }, 20_000)
})

describe('a carousel', () => {
  /** What a browser would say of a track of 500 pixels of which 200 are seen. */
  function layOut(track: HTMLElement) {
    let left = 0
    Object.defineProperties(track, {
      clientWidth: { value: 200 },
      scrollWidth: { value: 500 },
      scrollLeft: { get: () => left },
      scrollBy: {
        value: ({ left: by }: { readonly left: number }) => {
          left = Math.max(0, Math.min(300, left + by))
          track.dispatchEvent(new Event('scroll'))
        }
      }
    })
    track.dispatchEvent(new Event('scroll'))
    return () => left
  }
  const three: CardsPart = { kind: 'cards', text: 'Lamps', cards: [{ title: 'A' }, { title: 'B' }, { title: 'C' }] }

  test('is how cards are shown unless a list is wanted; without more than fits, there is nothing to step through', async () => {
    const { log } = await mount(messageItem([three]))
    expect([findAll(log, 'group').map(nameOf), findAll(log, 'button')]).toEqual([['Lamps', 'A', 'B', 'C'], []])
  })

  test('steps on and back, and each button rests at its end without going away', async () => {
    const { log } = await mount(messageItem([three]))
    const left = layOut(find(log, 'list'))
    await drawn()
    const seen: unknown[] = []
    const see = () => seen.push([left(), ...['Previous', 'Next'].map((name) => isOff(find(log, 'button', name)))])
    see()
    for (const name of ['Previous', 'Next', 'Next', 'Next', 'Previous', 'Previous']) {
      find(log, 'button', name).click()
      await drawn()
      see()
    }
    expect(seen).toEqual([
      [0, true, false],
      [0, true, false],
      [160, false, false],
      [300, false, true],
      [300, false, true],
      [140, false, false],
      [0, true, false]
    ])
  })

  test('can be scrolled by keyboard: through its buttons, or by itself where it has none', async () => {
    const { log } = await mount(messageItem([three, { ...three, cards: [{ title: 'A', actions: [PICK] }] }]))
    expect(findAll(log, 'list').map((one) => one.getAttribute('tabindex'))).toEqual(['0', null])
  })
})
