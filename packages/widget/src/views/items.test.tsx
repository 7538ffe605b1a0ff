// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from 'vitest'
import { ParleyError, type LinkState, type Part } from '@parley/protocol'
import type { TimelineItem } from '@parley/sdk'
import { commandItem, fakeClient, linkItem, messageItem, resultItem, runState } from '../testing/fake-client.js'
import { find, findAll, nameOf } from '../testing/find.js'
import { drawn, mountOpen } from '../testing/mount.js'

async function mount(...items: TimelineItem[]) {
  const client = fakeClient(items)
  const element = await mountOpen(client)
  await drawn()
  return { client, element, log: find(element, 'log', 'Messages') }
}
const acts = (client: { readonly calls: unknown[][] }): unknown[][] => client.calls.filter(([verb]) => verb !== 'connect' && verb !== 'markRead')
const links = (root: Element): string[] => findAll(root, 'link').map((link) => `${nameOf(link)} → ${link.getAttribute('href')}`)

afterEach(() => document.body.replaceChildren())

describe('messages', () => {
  test('a message is an article with its author and time', async () => {
    const { log } = await mount(messageItem('Hello'), messageItem('Hi', { isMine: true }))
    expect(findAll(log, 'article').map((one) => nameOf(one).replace(/, .*/, ''))).toEqual(['Flow bot', 'You'])
  })

  test('a failed message says why, and can be sent again or discarded', async () => {
    const item = messageItem('Hi', { isMine: true, status: 'failed', error: new ParleyError('append.tooLarge', 'It is longer than 32 KiB.') })
    const { client, log } = await mount(item)
    expect(nameOf(find(log, 'alert'))).toBe('Not sent: It is longer than 32 KiB.')
    find(log, 'button', 'Retry').click()
    find(log, 'button', 'Discard').click()
    expect(acts(client)).toEqual([
      ['retry', item.key],
      ['discard', item.key]
    ])
  })

  test('a message under way says so', async () => {
    const { log } = await mount(messageItem('Hi', { isMine: true, status: 'sending', at: null }))
    expect(log.textContent).toContain('Sending…')
  })

  test('choices are buttons; once one is taken they rest', async () => {
    const choices: Part = {
      kind: 'choices',
      choices: [
        { value: 'a', label: 'First' },
        { value: 'b', label: 'Second' }
      ]
    }
    const item = messageItem([choices])
    const { client, log } = await mount(item)
    find(log, 'button', 'Second').click()
    find(log, 'button', 'First').click()
    expect(acts(client)).toEqual([['answer', item.key, 'b', 'Second']])
    client.conversation.$timeline.set([{ ...item, answer: 'b' }])
    await drawn()
    const resting = () => findAll(log, 'button').map((one) => [nameOf(one), one.getAttribute('aria-disabled'), one.getAttribute('aria-pressed')])
    expect(resting()).toEqual([
      ['First', 'true', 'false'],
      ['Second', 'true', 'true']
    ])
    find(log, 'button', 'First').click()
    client.conversation.$timeline.set([item])
    client.conversation.$status.set('closed')
    await drawn()
    find(log, 'button', 'First').click()
    expect([resting(), acts(client).length]).toEqual([
      [
        ['First', 'true', null],
        ['Second', 'true', null]
      ],
      1
    ])
  })

  test('a choice that was refused can be made again', async () => {
    const item = messageItem([{ kind: 'choices', choices: [{ value: 'a', label: 'First' }] }])
    const { client, log } = await mount(item)
    let refuse = true
    client.conversation.answer = async () => {
      client.calls.push(['answer'])
      if (refuse) throw new ParleyError('append.busy', 'One moment.')
      return { seq: 1, at: null, messageId: null }
    }
    find(log, 'button', 'First').click()
    await drawn()
    refuse = false
    find(log, 'button', 'First').click()
    expect(acts(client)).toEqual([['answer'], ['answer']])
  })

  test('links and files lead only where people may be led', async () => {
    const { log } = await mount(
      messageItem([
        { kind: 'link', url: 'https://example.com/a', title: 'A' },
        { kind: 'link', url: 'javascript:alert(1)', title: 'B' },
        { kind: 'file', url: 'https://example.com/x.pdf', name: 'x.pdf', mediaType: 'application/pdf', bytes: 1_200 },
        { kind: 'file', url: 'data:text/html,x', name: 'y', mediaType: 'text/html' },
        { kind: 'file', url: 'https://example.com/p.png', name: 'p.png', mediaType: 'image/png', alt: 'A map' },
        { kind: 'unknown', was: 'carousel' }
      ])
    )
    expect(links(log)).toEqual([
      'Aexample.com → https://example.com/a',
      'x.pdfapplication/pdf · 1 kBopens in a new tab → https://example.com/x.pdf',
      'A map → https://example.com/p.png'
    ])
    expect([findAll(log, 'img', 'A map').length, log.textContent?.includes('cannot show')]).toEqual([1, true])
  })

  test('data is a table, with the raw text one click away', async () => {
    const { log } = await mount(
      messageItem([{ kind: 'data', title: 'Profile', value: { firstName: 'Robin', site: { url: 'https://example.com/', title: 'Home' } } }])
    )
    expect(findAll(find(log, 'table'), 'header').map(nameOf)).toEqual(['First name', 'Site'])
    expect(links(log)).toEqual(['Home → https://example.com/'])
    const details = log.querySelector('details')
    if (details) details.open = true
    details?.dispatchEvent(new Event('toggle'))
    await drawn()
    expect(log.querySelector('details pre')?.textContent).toBe(
      '{\n  "firstName": "Robin",\n  "site": {\n    "url": "https://example.com/",\n    "title": "Home"\n  }\n}'
    )
  })
})

describe('commands', () => {
  test('a run that works shows its progress and can be given up', async () => {
    const { client, log } = await mount(commandItem(runState('working', { text: 'Reading', fraction: 0.5 })))
    expect([find(log, 'progressbar', 'Progress of /run-flow').getAttribute('value'), log.textContent?.includes('Reading')]).toEqual(['0.5', true])
    find(log, 'button', 'Cancel').click()
    expect(acts(client)).toEqual([['cancel', 'run-1']])
  })

  test('in the line of a run, the way to give it up stands beside the words, the bar below them', async () => {
    const { log } = await mount(commandItem(runState('working', { fraction: 0.5 })))
    expect([...(log.querySelector('.run')?.children ?? [])].map((one) => one.tagName)).toEqual(['P', 'BUTTON', 'PROGRESS'])
  })

  test('each state of a run has its words, and one that is over cannot be given up', async () => {
    const { log } = await mount(...(['started', 'accepted', 'working', 'finished', 'failed'] as const).map((state) => commandItem(runState(state))))
    expect(findAll(log, 'article').map((one) => [one.querySelector('.state')?.textContent, findAll(one, 'button').length])).toEqual([
      ['Starting…', 1],
      ['Accepted. The result will appear here.', 1],
      ['Working…', 1],
      ['Finished', 0],
      ['Failed', 0]
    ])
  })

  test('a failed result says why and offers to run again only when that is sensible', async () => {
    const outcome = { state: 'failed', reason: 'timedOut', text: 'No answer within 60 s.', again: true, late: false } as const
    const again = { command: 'run-flow', args: { flow: '1' } }
    const { client, log } = await mount(resultItem(outcome, { again }), resultItem(outcome))
    find(log, 'button', 'Run again').click()
    expect([acts(client), log.textContent?.includes('No answer in timeNo answer within 60 s.')]).toEqual([[['run', 'run-flow', { flow: '1' }]], true])
  })

  test('a result that stands apart names its command, a late one is marked', async () => {
    const { log } = await mount(resultItem({ state: 'finished', late: true, parts: [{ kind: 'text', text: 'Done' }] }, { line: '/run-flow 7' }))
    expect(log.textContent).toContain('Result of /run-flow 7Late')
  })
})

describe('the sign-in card', () => {
  test('names the partner, shows the code and leads there in a new tab', async () => {
    const { log } = await mount(linkItem('requested'))
    const link = find(log, 'link', /^Sign in to Github/)
    expect([link.getAttribute('href'), link.getAttribute('target'), link.getAttribute('rel'), log.textContent?.includes('K7Q-4MT')]).toEqual([
      'https://chat.example.com/accounts/github/start',
      '_blank',
      'noopener noreferrer',
      true
    ])
  })

  test('an address of another kind is never a link', async () => {
    const { log } = await mount(linkItem('requested', { url: 'javascript:alert(1)' }))
    expect([links(log), findAll(log, 'alert').length]).toEqual([[], 1])
  })

  test.each([
    ['completed', 'Connected'],
    ['expired', 'Expired. Ask for a new sign-in.'],
    ['refused', 'Refused. Nothing was connected.']
  ] as const)('when %s it says so and leads nowhere', async (status: LinkState['status'], words) => {
    const { log } = await mount(linkItem(status))
    expect([links(log), log.textContent?.includes(words)]).toEqual([[], true])
  })
})
