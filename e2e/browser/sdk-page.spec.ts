import { complaintsOf, expect, test } from '../fixtures.js'

test('a page on the SDK alone connects, sends, runs a flow and a command of its own', async ({ page, line }) => {
  const complaints = complaintsOf(page)
  await page.goto(`${line.site.url}/sdk.html`)
  await expect(page.getByRole('status')).toHaveText('online')
  const input = page.getByRole('textbox', { name: 'Message' })
  const timeline = page.getByRole('list', { name: 'Timeline' })
  const send = async (words: string) => {
    await input.fill(words)
    await page.getByRole('button', { name: 'Send' }).click()
  }
  await send('hello')
  await expect(timeline.getByText('hello').first()).toContainText('sent')
  await send('/order cup 2')
  await expect(timeline.getByText('is in your basket')).toContainText('2')
  await send(`/run-flow ${line.platform.flows.report} pot`)
  await expect(timeline.getByText('"Terracotta pot"')).toBeVisible()
  await send('/order cup many')
  await expect(page.getByRole('alert')).toHaveText('[count] of /order cannot be "many": a number is wanted.')
  expect(complaints).toEqual([])
})
