import type { Page } from '@playwright/test'
import { complaintsOf, expect, type Line, test } from '../fixtures.js'

/** The chat that stands in the page. */
function chatIn(page: Page) {
  const log = page.getByRole('log', { name: 'Messages' })
  return {
    log,
    async send(line: string): Promise<void> {
      await page.getByRole('textbox', { name: 'Message' }).fill(line)
      await page.getByRole('button', { name: 'Send', exact: true }).click()
    }
  }
}

async function openLabb(page: Page, { site }: Line) {
  await page.goto(`${site.url}/labb.html`)
  await expect(page.getByText('You are Mara, customer 4711.')).toBeVisible()
  return chatIn(page)
}

const heard = ({ labbPega }: Line) =>
  labbPega.received().map(({ type, customer_id: customer, text }) => [type, customer, Array.isArray(text) ? text.join(' ') : ''])

test('with no gateway the chat talks to an existing Labb Chat Hook, and says what became of a message', async ({ page, line }) => {
  const complaints = complaintsOf(page)
  const chat = await openLabb(page, line)
  await chat.send('hello')
  await chat.log.getByRole('button', { name: 'Opening hours' }).click()
  await expect
    .poll(() => heard(line))
    .toEqual([
      ['text', '4711', 'hello'],
      // That server drops the payload beside the words, so it goes as the words.
      ['text', '4711', 'opening-hours']
    ])
  await expect(chat.log.getByText('Delivered').first()).toBeVisible()
  expect(complaints).toEqual([])
})

test('whoever is chosen next begins anew, and the one before has ended the conversation on the other side', async ({ page, line }) => {
  const chat = await openLabb(page, line)
  await chat.send('hello')
  await expect(chat.log.getByRole('button', { name: 'Opening hours' })).toBeVisible()
  await page.getByRole('radio', { name: 'Somebody else' }).check()
  await page.getByRole('textbox', { name: 'Number' }).fill('4712')
  await page.getByRole('textbox', { name: 'Name' }).fill('Noor')
  await page.getByRole('button', { name: 'Be this person' }).click()
  await expect(page.getByText('You are Noor, customer 4712.')).toBeVisible()
  await expect(chat.log.getByText('hello')).toHaveCount(0)
  await chat.send('good day')
  await expect
    .poll(() => heard(line))
    .toEqual([
      ['text', '4711', 'hello'],
      ['customer_end_session', '4711', ''],
      ['text', '4712', 'good day']
    ])
})

test('a second tab says where the chat is, and has it when the first one is closed', async ({ page, context, line }) => {
  await openLabb(page, line)
  await expect(page.getByText('Online')).toBeVisible()
  const second = await context.newPage()
  await second.goto(`${line.site.url}/labb.html`)
  await second.getByRole('textbox', { name: 'Message' }).click()
  await expect(second.getByText('open in another tab', { exact: false })).toBeVisible()
  await page.close()
  await expect(second.getByText('Online')).toBeVisible({ timeout: 15_000 })
})
