import type { BrowserContext, Page } from '@playwright/test'
import { expect, type Line, openChat, test } from '../fixtures.js'
import { countSockets, read, say, watch } from './recorder.js'

/** Rule 5 and F4: all tabs of a browser are one chat, and correct without the platform's help, too. */

/** `npm run prove` asks for the plan's loads. */
const LOAD = process.env.PARLEY_LOAD === 'prove' ? { tabs: 5, messages: 1_000, kills: 50, freezes: 20 } : { tabs: 3, messages: 60, kills: 3, freezes: 2 }

test.setTimeout(process.env.PARLEY_LOAD === 'prove' ? 900_000 : 180_000)

type Tabs = { readonly pages: Page[]; readonly sockets: ReturnType<typeof countSockets>; open(): Promise<Page> }

async function openTabs(context: BrowserContext, line: Line, count: number): Promise<Tabs> {
  const sockets = countSockets()
  const pages: Page[] = []
  async function open(): Promise<Page> {
    const page = await context.newPage()
    sockets.follow(page)
    await openChat(page, line)
    await watch(page)
    await expect.poll(async () => (await read(page)).state, { timeout: 20_000 }).toBe('online')
    return page
  }
  for (let tab = 0; tab < count; tab++) pages.push(await open())
  return { pages, sockets, open }
}

const words = (count: number, from = 1): readonly string[] => Array.from({ length: count }, (_, index) => `message ${from + index}`)

/** In the end every tab shows every message once, in one order, and no list was ever wrong. */
async function expectAllEverywhere(pages: readonly Page[], wanted: readonly string[]): Promise<void> {
  for (const page of pages)
    await expect.poll(async () => (await read(page)).shown.filter((one) => one.includes('message ')).length, { timeout: 60_000 }).toBe(wanted.length)
  for (const page of pages) await expect.poll(async () => (await read(page)).pending, { timeout: 60_000 }).toBe(0)
  // Answers are still coming in, to one tab a moment before the other.
  await expect.poll(async () => new Set((await Promise.all(pages.map(read))).map((one) => one.shown.join('\n'))).size, { message: 'lists that differ' }).toBe(1)
  const all = await Promise.all(pages.map(read))
  for (const one of all) {
    expect(one.faults).toEqual([])
    expect(one.counters.orderViolations).toBe(0)
  }
  const texts = (all[0]?.shown ?? []).filter((one) => one.includes('message ')).map((one) => one.replace(/^\S+ /, ''))
  expect([...texts].sort()).toEqual([...wanted].sort())
}

test('one socket serves all tabs, what one sends shows in all, and draft and unread are shared', async ({ context, line }) => {
  const { pages, sockets } = await openTabs(context, line, LOAD.tabs)
  expect(sockets.now()).toBe(1)
  const [first, second] = pages as [Page, Page]
  await say(second, 'message 1')
  await expectAllEverywhere(pages, ['message 1'])
  await second.getByRole('textbox', { name: 'Message' }).fill('not sent yet')
  await expect(first.getByRole('textbox', { name: 'Message' })).toHaveValue('not sent yet')
  expect(sockets.now()).toBe(1)
})

test('messages of all tabs, sent at once, are stored once and in the order of each tab', async ({ context, line }) => {
  const { pages, sockets } = await openTabs(context, line, LOAD.tabs)
  const wanted = words(LOAD.messages)
  const shares = pages.map((_, tab) => wanted.filter((_word, index) => index % pages.length === tab))
  await Promise.all(pages.map((page, tab) => say(page, ...(shares[tab] ?? []))))
  await expectAllEverywhere(pages, wanted)
  const shown = (await read(pages[0] as Page)).shown.map((one) => one.replace(/^\S+ /, ''))
  for (const share of shares) expect(shown.filter((one) => share.includes(one))).toEqual(share)
  // A tab that found the leader too busy may have taken over; then the line of that one ends.
  await expect.poll(() => sockets.now()).toBe(1)
})

test('a leader that is killed is followed by another tab, again and again, and nothing is lost', async ({ context, line }) => {
  const { pages, open } = await openTabs(context, line, LOAD.tabs)
  const wanted = words(LOAD.kills * 4)
  const took: number[] = []
  for (let kill = 0; kill < LOAD.kills; kill++) {
    const share = wanted.slice(kill * 4, kill * 4 + 4)
    const [leader, ...others] = pages as [Page, ...Page[]]
    const [next] = others as [Page, ...Page[]]
    await say(next, ...share.slice(0, 2))
    const killedAt = Date.now()
    await leader.close()
    await expect.poll(async () => (await read(next)).state, { intervals: [20] }).toBe('online')
    took.push(Date.now() - killedAt)
    await say(next, ...share.slice(2))
    pages.shift()
    pages.push(await open())
  }
  console.log(`new leader after ${took.sort((one, other) => one - other).join(', ')} ms`)
  await expectAllEverywhere(pages, wanted)
})

test('a leader that is frozen is replaced when another tab sends, and finds together with it when it thaws', async ({ context, line }) => {
  const { pages } = await openTabs(context, line, 2)
  const [frozen, other] = pages as [Page, Page]
  const wanted = words(LOAD.freezes * 2)
  const control = await context.newCDPSession(frozen)
  for (let freeze = 0; freeze < LOAD.freezes; freeze++) {
    await control.send('Page.setWebLifecycleState', { state: 'frozen' })
    await say(other, ...wanted.slice(freeze * 2, freeze * 2 + 2))
    await expect.poll(async () => (await read(other)).pending, { timeout: 20_000 }).toBe(0)
    await control.send('Page.setWebLifecycleState', { state: 'active' })
    await expect
      .poll(async () => (await read(frozen)).shown.join() === (await read(other)).shown.join(), { timeout: 20_000, message: 'both tabs show the same' })
      .toBe(true)
  }
  await expectAllEverywhere(pages, wanted)
})

const WITHOUT: readonly (readonly [string, () => void])[] = [
  ['Web Locks, as on a plain http page', () => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })],
  ['BroadcastChannel', () => Object.defineProperty(globalThis, 'BroadcastChannel', { value: undefined })]
]
for (const [what, takeAway] of WITHOUT) {
  test(`without ${what} every tab has its own line on one outbox, and nothing is lost or doubled`, async ({ context, line }) => {
    await context.addInitScript(takeAway)
    const { pages, sockets } = await openTabs(context, line, 2)
    expect(sockets.now()).toBe(2)
    const wanted = words(LOAD.messages)
    await Promise.all(pages.map((page, tab) => say(page, ...wanted.filter((_word, index) => index % 2 === tab))))
    await expectAllEverywhere(pages, wanted)
  })
}

test('a page from the back-forward cache takes up where it was left', async ({ context, line }) => {
  const { pages } = await openTabs(context, line, 1)
  const [page] = pages as [Page]
  await say(page, 'message 1')
  await expectAllEverywhere(pages, ['message 1'])
  await page.goto('about:blank')
  await page.goBack()
  await page
    .getByRole('button', { name: /Open chat|Close chat/ })
    .first()
    .waitFor()
  if (await page.getByRole('button', { name: 'Open chat' }).count()) await page.getByRole('button', { name: 'Open chat' }).click()
  await expect(page.getByRole('log', { name: 'Messages' }).getByText('message 1')).toHaveCount(1)
})

for (const days of [-1, 1]) {
  test(`a clock that is ${days} day off changes nothing but times`, async ({ context, line }) => {
    await context.addInitScript((offsetMs) => {
      const now = Date.now.bind(Date)
      Date.now = () => now() + offsetMs
    }, days * 86_400_000)
    const { pages } = await openTabs(context, line, 2)
    const wanted = words(10)
    await say(pages[0] as Page, ...wanted)
    await expectAllEverywhere(pages, wanted)
  })
}
