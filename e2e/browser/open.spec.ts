import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import type { Request } from '@playwright/test'
import { chatOf, complaintsOf, expect, openChat, test } from '../fixtures.js'

type Budget = { readonly name: string; readonly holdBytes: number }

test('a page with the script tag loads the loader alone, stores nothing and opens no line before the first use', async ({ page, line }) => {
  const requests: string[] = []
  page.on('request', (request) => requests.push(new URL(request.url()).pathname))
  page.on('websocket', (socket) => requests.push(`socket ${socket.url()}`))
  await page.goto(line.site.url)
  await expect(page.getByRole('button', { name: 'Open chat' })).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(requests.filter((path) => path.startsWith('/assets') || path.startsWith('/session') || path.startsWith('socket'))).toEqual([])
  expect(requests).toContain('/parley.js')
  expect(await page.evaluate(async () => [Object.keys(localStorage), document.cookie, (await indexedDB.databases()).length])).toEqual([[], '', 0])
})

test('the chat opens by keyboard, puts the focus where one writes, and Escape gives it back', async ({ page, line }) => {
  const complaints = complaintsOf(page)
  await page.goto(line.site.url)
  const launcher = page.getByRole('button', { name: 'Open chat' })
  await launcher.focus()
  await page.keyboard.press('Enter')
  const chat = chatOf(page)
  await expect(chat.input).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(chat.dialog).toBeHidden()
  await expect(page.getByRole('button', { name: 'Open chat' })).toBeFocused()
  expect(complaints).toEqual([])
})

for (const by of ['mouse', 'keyboard'] as const) {
  test(`a press with the ${by} that begins before the rest is there, and ends after, opens the chat`, async ({ page, line }) => {
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    await page.route('**/assets/widget*', async (route) => {
      await held
      await route.continue()
    })
    await page.goto(line.site.url)
    const launcher = page.getByRole('button', { name: 'Open chat' })
    // Both fetch the rest: the press comes while it is on its way.
    if (by === 'mouse') await launcher.hover()
    else await launcher.focus()
    if (by === 'mouse') await page.mouse.down()
    else await page.keyboard.down(' ')
    letGo()
    await page.waitForFunction(() => customElements.get('parley-chat') !== undefined)
    if (by === 'mouse') await page.mouse.up()
    else await page.keyboard.up(' ')
    await expect(chatOf(page).input).toBeFocused()
  })
}

test('the chat keeps to the strictest policy of a page: no violation, nothing from elsewhere', async ({ page, line }) => {
  const complaints = complaintsOf(page)
  const origins = new Set<string>()
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  const chat = await openChat(page, line)
  await chat.send('hello <img src=x onerror=alert(1)> **there**')
  await expect(chat.log.getByText('hello <img src=x onerror=alert(1)>')).toBeVisible()
  await expect(chat.log.getByText(/I run flows|run-flow/).first()).toBeVisible()
  expect([...origins].sort()).toEqual([line.site.url, line.gateway.url].sort())
  expect(complaints).toEqual([])
})

test('from the click until it is quiet the browser loads no more than the budget', async ({ page, line }) => {
  const { sizes } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly sizes: readonly Budget[] }
  const loaded: Request[] = []
  page.on('requestfinished', (request) => {
    if (/^\/(?:parley\.js$|assets\/)/.test(new URL(request.url()).pathname)) loaded.push(request)
  })
  const chat = await openChat(page, line)
  await expect(chat.dialog.getByText('Online')).toBeVisible()
  await page.waitForLoadState('networkidle')
  const atClick = await Promise.all(loaded.map(async (request) => (await request.sizes()).responseBodySize))
  const budget = sizes.find(({ name }) => name === 'click to idle')
  expect(loaded.map((request) => new URL(request.url()).pathname.replace(/-.*/, ''))).toEqual(['/parley.js', '/assets/widget'])
  expect(atClick.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(budget?.holdBytes ?? 0)
})

for (const scheme of ['light', 'dark'] as const) {
  test(`an open chat has no accessibility faults in ${scheme}`, async ({ page, line }) => {
    await page.emulateMedia({ colorScheme: scheme })
    const chat = await openChat(page, line)
    await chat.send(`/run-flow ${line.platform.flows.report}`)
    await expect(chat.reports).toBeVisible()
    const { violations } = await new AxeBuilder({ page }).include('parley-chat').analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
}

test('everything is gone after shutdown, and boot brings it back', async ({ page, line }) => {
  await openChat(page, line)
  await page.evaluate(() => (window as unknown as { Parley: (verb: string) => void }).Parley('shutdown'))
  await expect(page.getByRole('dialog', { name: 'Chat' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Open chat' })).toHaveCount(0)
  await page.evaluate(() => (window as unknown as { Parley: (verb: string) => void }).Parley('boot'))
  await expect(page.getByRole('button', { name: 'Open chat' })).toBeVisible()
})
