import { chromium } from '@playwright/test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chatOf, expect, type Line, openChat, test } from '../fixtures.js'
import { browserLaunchOptions } from '../tools/browser.mjs'

/** Rule 4 and 8, F5: what showed as pending is sent at the next visit, once. */

const sentOnce = async (line: Line, page: Parameters<typeof openChat>[0], words: readonly string[]): Promise<void> => {
  const chat = chatOf(page)
  for (const text of words) await expect(chat.log.getByText(text, { exact: true })).toHaveCount(1)
  await expect(chat.log.getByText(/Sending|Waiting to be sent|Not saved/)).toHaveCount(0, { timeout: 15_000 })
  // As another browser of the visitor would see it: all that is shown comes from the log.
  await page.reload()
  await page.getByRole('button', { name: 'Open chat' }).click()
  for (const text of words) await expect(chat.log.getByText(text, { exact: true })).toHaveCount(1)
  expect(line.gateway.printed()).not.toContain('"level":50')
}

/** Acknowledged before anything is broken. */
async function sayHello(chat: ReturnType<typeof chatOf>): Promise<void> {
  await chat.send('hello')
  // The answer stands behind it in the log.
  await expect(chat.log.getByText(/I run flows/).first()).toBeVisible()
}

test('messages written while the gateway is away outlive a reload, wait visibly, and are sent once', async ({ page, line }) => {
  const chat = await openChat(page, line)
  await sayHello(chat)
  await line.gateway.kill()
  await chat.send('first of two')
  await chat.send('second of two')
  await expect(chat.log.getByText('Waiting to be sent')).toHaveCount(2)
  await page.reload()
  await page.getByRole('button', { name: 'Open chat' }).click()
  await expect(chat.log.getByText('first of two')).toHaveCount(1)
  await expect(chat.log.getByText('Waiting to be sent')).toHaveCount(2)
  await expect(chat.dialog.getByText('your messages are kept and will be sent')).toBeVisible()
  await line.gateway.start()
  await sentOnce(line, page, ['first of two', 'second of two'])
})

test('a tab that crashes loses nothing that showed as pending', async ({ page, context, line }) => {
  const chat = await openChat(page, line)
  await sayHello(chat)
  await line.gateway.kill()
  await chat.send('written before the crash')
  await expect(chat.log.getByText('Waiting to be sent')).toHaveCount(1)
  const crashed = page.waitForEvent('crash')
  page.goto('chrome://crash').catch(() => {})
  await crashed
  await line.gateway.start()
  const next = await context.newPage()
  await openChat(next, line)
  await sentOnce(line, next, ['written before the crash'])
})

test('a browser that is closed and opened again sends what was waiting', async ({ line }) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-profile-'))
  const open = () => chromium.launchPersistentContext(folder, { ...browserLaunchOptions(), headless: true })
  const first = await open()
  const page = await first.newPage()
  const chat = await openChat(page, line)
  await sayHello(chat)
  await line.gateway.kill()
  await chat.send('written before the browser was closed')
  await expect(chat.log.getByText('Waiting to be sent')).toHaveCount(1)
  await first.close()
  await line.gateway.start()
  const second = await open()
  const next = await second.newPage()
  // An unsent message makes the chat connect by itself, without being opened.
  await next.goto(line.site.url)
  await expect.poll(async () => (await next.context().pages()).length).toBeGreaterThan(0)
  await next.getByRole('button', { name: 'Open chat' }).click()
  await sentOnce(line, next, ['written before the browser was closed'])
  await second.close()
  await rm(folder, { recursive: true, force: true })
})

const BROKEN: readonly (readonly [string, () => void])[] = [
  [
    'cannot be opened',
    () =>
      Object.defineProperty(IDBFactory.prototype, 'open', {
        value: () => {
          throw new DOMException('denied', 'SecurityError')
        }
      })
  ],
  ['never answers', () => Object.defineProperty(IDBFactory.prototype, 'open', { value: () => new EventTarget() })],
  [
    'is full',
    () =>
      Object.defineProperty(IDBObjectStore.prototype, 'put', {
        value: () => {
          throw new DOMException('full', 'QuotaExceededError')
        }
      })
  ],
  ['is not there', () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined })]
]
for (const [what, breakIt] of BROKEN) {
  test(`a browser storage that ${what}: messages go out all the same, and those that wait are marked as not saved`, async ({ page, line }) => {
    await page.addInitScript(breakIt)
    const chat = await openChat(page, line)
    await chat.send('goes out all the same')
    await expect(chat.log.getByText('goes out all the same')).toHaveCount(1)
    await expect(chat.log.getByText(/Not saved|Sending/)).toHaveCount(0, { timeout: 10_000 })
    await line.gateway.kill()
    await chat.send('waits in this page only')
    await expect(chat.log.getByText('Not saved yet')).toHaveCount(1)
    await expect(chat.dialog.getByText('leave this page open until your messages are sent')).toBeVisible()
    const asked = page.waitForEvent('dialog')
    page.close({ runBeforeUnload: true }).catch(() => {})
    await (await asked).dismiss()
    await line.gateway.start()
    await expect(chat.log.getByText('Not saved yet')).toHaveCount(0, { timeout: 15_000 })
    await expect(chat.log.getByText('waits in this page only')).toHaveCount(1)
  })
}

test('a database that is deleted in use begins anew with what waits, and nothing is sent twice', async ({ page, line }) => {
  const chat = await openChat(page, line)
  await sayHello(chat)
  await line.gateway.kill()
  await chat.send('before the deletion')
  await expect(chat.log.getByText('Waiting to be sent')).toHaveCount(1)
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name)
  })
  await chat.send('after the deletion')
  await expect(chat.log.getByText('Waiting to be sent')).toHaveCount(2)
  await page.reload()
  await page.getByRole('button', { name: 'Open chat' }).click()
  await expect(chat.log.getByText('Waiting to be sent')).toHaveCount(2)
  await line.gateway.start()
  await sentOnce(line, page, ['before the deletion', 'after the deletion'])
})

test('a message over the limit is refused before anything is kept, and its words come back', async ({ page, line }) => {
  const chat = await openChat(page, line)
  await chat.send('x'.repeat(40_000))
  await expect(chat.dialog.getByRole('alert')).toContainText('bytes')
  await expect(chat.input).toHaveValue('x'.repeat(40_000))
  await chat.send('short enough')
  await expect(chat.log.getByText('short enough')).toHaveCount(1)
})
