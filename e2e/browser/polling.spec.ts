import type { Page } from '@playwright/test'
import { expect, openChat, test } from '../fixtures.js'
import { withoutWebSocket } from '../without-websocket.js'

const isLibrary = (url: string) => /\/assets\/library-/.test(url)
const isPolling = (url: string) => url.includes('transport=polling')

/** Every address that the page asked for, and every complaint about its policy. */
function watch(page: Page) {
  const asked: string[] = []
  const violations: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text())
  })
  return { asked, violations }
}

test('where a WebSocket gets through, the library is not fetched and nothing polls', async ({ page, line }) => {
  const { asked } = watch(page)
  const sockets: string[] = []
  page.on('websocket', (socket) => sockets.push(socket.url()))
  const chat = await openChat(page, line)
  await chat.send(`/run-flow ${line.platform.flows.report} pot`)
  await expect(chat.reports).toContainText('Terracotta pot')
  expect(asked.filter((url) => isLibrary(url) || isPolling(url))).toEqual([])
  expect(sockets).toEqual([`${line.gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`])
})

test.describe('behind a proxy that lets no WebSocket through', () => {
  test.use({ lineOptions: { front: withoutWebSocket } })

  test('the library is fetched once, polls, and a flow’s result arrives, under the strictest policy', async ({ page, line }) => {
    const { asked, violations } = watch(page)
    const chat = await openChat(page, line)
    await chat.send(`/run-flow ${line.platform.flows.report} pot`)
    await expect(chat.reports).toContainText('Terracotta pot', { timeout: 20_000 })
    await expect(chat.reports).toHaveCount(1)
    expect(asked.filter(isLibrary).length).toBe(1)
    expect(asked.filter(isPolling).length).toBeGreaterThan(1)
    expect(violations).toEqual([])
  })
})
