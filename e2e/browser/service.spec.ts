import { type Chat, chatOf, complaintsOf, expect, type Line, test } from '../fixtures.js'
import type { Page } from '@playwright/test'

async function openService(page: Page, { site }: Line): Promise<Chat> {
  await page.goto(`${site.url}/service.html`)
  await page.getByRole('button', { name: 'Open chat' }).click()
  return chatOf(page)
}

/** The one who wrote, as the other side knows them. */
async function customerOf({ pega }: Line): Promise<string> {
  await expect.poll(() => pega.customers.length).toBeGreaterThan(0)
  return pega.customers[0]?.id ?? ''
}

test('a visitor talks to the bot of Pega, chooses from its menu once, and leafs through a carousel by keyboard', async ({ page, line }) => {
  const complaints = complaintsOf(page)
  const chat = await openService(page, line)
  await chat.send('hello')
  const choice = chat.log.getByRole('button', { name: 'Opening hours' })
  await choice.click()
  await expect(choice).toBeDisabled()
  await expect.poll(() => line.pega.received().some(({ postback }) => typeof postback === 'string')).toBe(true)

  const customer = await customerOf(line)
  await line.pega.bot.carousel(customer)
  const [previous, next] = [chat.log.getByRole('button', { name: 'Previous' }), chat.log.getByRole('button', { name: 'Next' })]
  await expect(next).toBeVisible()
  await expect(previous).toBeDisabled()
  await next.focus()
  await page.keyboard.press('Enter')
  await expect(previous).toBeEnabled()
  await expect(next).toBeFocused()

  await page.reload()
  await page.getByRole('button', { name: 'Open chat' }).click()
  await expect(chat.log.getByRole('button', { name: 'Opening hours' })).toBeDisabled()
  expect(complaints).toEqual([])
})

test('a visitor sees who types and who writes, and that the agent ends the session; then begins anew', async ({ page, line }) => {
  const chat = await openService(page, line)
  await chat.send('hello')
  const customer = await customerOf(line)
  await line.pega.agent.say(customer, 'Good day, this is the garden desk.')
  await expect(chat.log.getByRole('article', { name: /^Robin/ })).toContainText('Good day, this is the garden desk.')
  await line.pega.agent.typing(customer)
  await expect(chat.dialog.getByText('Robin is typing…')).toBeVisible()
  await line.pega.agent.end(customer)
  await expect(chat.dialog.getByText('This conversation has ended.')).toBeVisible()
  await chat.dialog.getByRole('button', { name: 'Start a new conversation' }).click()
  await expect(chat.input).toBeVisible()
  await chat.send('one thing more')
  await expect.poll(() => line.pega.customers.length).toBe(2)
})

test('a visitor who types is seen typing, and one who ends the conversation has ended it on the other side, too', async ({ page, line }) => {
  const chat = await openService(page, line)
  await chat.send('hello')
  await customerOf(line)
  await chat.input.pressSequentially('I would like')
  await expect.poll(() => line.pega.received().some(({ type }) => type === 'typing_indicator')).toBe(true)
  await chat.send('/end')
  await expect(chat.dialog.getByText('This conversation has ended.')).toBeVisible()
  await expect.poll(() => line.pega.received().at(-1)?.type).toBe('customer_end_session')
})

test('while Pega refuses, what was said is marked as not delivered, and sent again it arrives once', async ({ page, line }) => {
  const chat = await openService(page, line)
  await chat.send('hello')
  await expect(chat.log.getByRole('button', { name: 'Opening hours' })).toBeVisible()
  await line.pega.breakWith({ kind: 'unauthorised' })
  await chat.send('is anybody there?')
  const again = chat.log.getByRole('button', { name: 'Send again' })
  await expect(again).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: 'Open chat' }).click()
  await line.pega.mend()
  await chat.log.getByRole('button', { name: 'Send again' }).click()
  const arrived = () => line.pega.received().filter(({ text }) => JSON.stringify(text) === '["is anybody there?"]').length
  await expect.poll(arrived).toBe(1)
  await expect(chat.log.getByRole('button', { name: 'Send again' })).toHaveCount(0)
})

test('while Pega is down for a moment nothing is lost: what was said arrives when it is up, in order, once', async ({ page, line }) => {
  const chat = await openService(page, line)
  await chat.send('hello')
  await expect(chat.log.getByRole('button', { name: 'Opening hours' })).toBeVisible()
  await line.pega.breakWith({ kind: 'unreachable' })
  for (const word of ['one', 'two', 'three']) await chat.send(word)
  await line.pega.mend()
  const texts = () => line.pega.received().map(({ text }) => (Array.isArray(text) ? text.join(' ') : ''))
  await expect.poll(texts, { timeout: 30_000 }).toEqual(['hello', 'one', 'two', 'three'])
})
