// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from 'vitest'
import { ParleyError, type ParticipantId } from '@parley/protocol'
import type { TimelineItem } from '@parley/sdk'
import { fakeClient, messageItem, noticeItem } from '../testing/fake-client.js'
import { find, findAll, nameOf } from '../testing/find.js'
import { drawn, mountOpen } from '../testing/mount.js'

const NOTICE = 'This could not be delivered.'

async function mount(...items: TimelineItem[]) {
  const client = fakeClient(items)
  const element = await mountOpen(client)
  await drawn()
  const log = find(element, 'log', 'Messages')
  const articles = () => findAll(log, 'article').map((one) => one.querySelector('.bubble')?.textContent)
  const acts = () => client.calls.filter(([verb]) => verb !== 'connect' && verb !== 'markRead')
  return { client, element, log, articles, acts }
}
const hello = messageItem('Hello', { isMine: true, undelivered: NOTICE })
const told = messageItem(NOTICE, { about: hello.key })

afterEach(() => document.body.replaceChildren())

describe('a message that did not get through', () => {
  test('says so beside it, and nobody says it once more below', async () => {
    const { log, articles } = await mount(hello, messageItem('Another', { isMine: true }), told)
    const [article] = findAll(log, 'article')
    if (!article) throw new Error('no article')
    expect([articles(), nameOf(find(log, 'status')), nameOf(find(article, 'status')), findAll(log, 'alert')]).toEqual([
      ['Hello', 'Another'],
      NOTICE,
      NOTICE,
      []
    ])
  })

  test('is told of at its own place where it is not in sight', async () => {
    const { articles } = await mount(told)
    expect(articles()).toEqual([NOTICE])
  })

  test('goes again once, however often it is pressed, and the button keeps the focus', async () => {
    const { client, element, log, acts } = await mount(hello, told)
    const button = find(log, 'button', 'Send again')
    button.focus()
    button.click()
    button.click()
    await drawn()
    client.conversation.$timeline.set([{ ...hello, isSentAgain: true }, told, messageItem('Hello', { isMine: true })])
    await drawn()
    find(log, 'button', 'Sent again').click()
    expect([acts(), nameOf(button), button.getAttribute('aria-disabled'), element.shadowRoot?.activeElement === button]).toEqual([
      [['retry', hello.key]],
      'Sent again',
      'true',
      true
    ])
  })

  test('that cannot be sent again now says why, and can be tried once more', async () => {
    const { client, element, log, acts } = await mount(hello, told)
    client.conversation.retry = async (key) => {
      client.calls.push(['retry', key])
      throw new ParleyError('append.tooLarge', 'It is too long.')
    }
    for (let count = 0; count < 2; count++) {
      find(log, 'button', 'Send again').click()
      await drawn()
    }
    expect([element.shadowRoot?.getElementById('problem')?.textContent, acts().length]).toEqual(['It is too long.', 2])
  })

  test('has no button in a conversation that is over', async () => {
    const { client, log } = await mount(hello, told)
    client.conversation.$status.set('closed')
    await drawn()
    expect([findAll(log, 'button'), nameOf(find(log, 'status'))]).toEqual([[], NOTICE])
  })

  test('is not called delivered by a side that keeps nothing', async () => {
    const client = { ...fakeClient([hello]), isDurable: false }
    const element = await mountOpen(client)
    await drawn()
    expect(find(element, 'log', 'Messages').textContent).not.toContain('Delivered')
  })
})

describe('who answers', () => {
  const agent = { id: 'agent-1' as ParticipantId, role: 'agent', name: 'Support' } as const
  const second = { id: 'agent-2' as ParticipantId, role: 'agent' } as const

  test('has their name over what they say, anew whenever somebody else speaks', async () => {
    const by = (author: typeof agent | typeof second, text: string) => messageItem(text, { author })
    const { client, log } = await mount(messageItem('a'), messageItem('b'), by(agent, 'c'), by(agent, 'd'), by(second, 'e'), messageItem('f'))
    client.conversation.$participants.set([...client.conversation.$participants.get(), agent, second])
    await drawn()
    expect(
      findAll(log, 'article').map((one) => [one.querySelector('.who')?.textContent, nameOf(one).replace(/, .*/, ''), one.querySelector('.bubble')?.textContent])
    ).toEqual([
      ['Flow bot', 'Flow bot', 'a'],
      [undefined, 'Flow bot', 'b'],
      ['Support', 'Support', 'c'],
      [undefined, 'Support', 'd'],
      ['Agent', 'Agent', 'e'],
      ['Flow bot', 'Flow bot', 'f']
    ])
  })

  test('is told when it changes', async () => {
    const { client, log } = await mount(
      noticeItem({ kind: 'handoff', name: 'Support desk' }),
      noticeItem({ kind: 'joined', participant: agent }),
      noticeItem({ kind: 'left', participant: agent.id }),
      noticeItem({ kind: 'closed', reason: 'Ended by the agent' })
    )
    client.conversation.$participants.set([agent])
    await drawn()
    expect([...log.querySelectorAll('.notice')].map((one) => one.textContent)).toEqual([
      'You are now talking to Support desk',
      'Support joined',
      'Support left',
      'Conversation ended: Ended by the agent'
    ])
  })

  test('is named while they type', async () => {
    const { client, log } = await mount(messageItem('a'))
    client.conversation.$typing.set([agent])
    await drawn()
    expect(log.querySelector('.typing')?.textContent).toBe('Support is typing…')
  })
})

test('a link by mail or phone leads there, in a new tab that has no hold on the page', async () => {
  const { log } = await mount(
    messageItem([
      { kind: 'link', url: 'mailto:help@example.com', title: 'Write to us' },
      { kind: 'link', url: 'tel:+4311234567' },
      { kind: 'link', url: 'ftp://example.com/x', title: 'Files' }
    ])
  )
  expect(findAll(log, 'link').map((one) => [nameOf(one), ...['href', 'target', 'rel'].map((name) => one.getAttribute(name))])).toEqual([
    ['Write to usmailto:help@example.com', 'mailto:help@example.com', '_blank', 'noopener noreferrer'],
    ['tel:+4311234567', 'tel:+4311234567', '_blank', 'noopener noreferrer']
  ])
  expect(log.textContent).toContain('Files: ftp://example.com/x')
})
