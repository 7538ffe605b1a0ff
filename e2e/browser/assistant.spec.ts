import { chatOf, complaintsOf, expect, test } from '../fixtures.js'

test('the assistant greets, shows plants, hands over to customer service and is back when the agent ends the session', async ({ page, line }) => {
  const complaints = complaintsOf(page)
  await page.goto(`${line.site.url}/assistant.html`)
  await page.getByRole('button', { name: 'Open chat' }).click()
  const chat = chatOf(page)
  await chat.log.getByRole('button', { name: 'Show me plants' }).click()
  const cards = chat.log.getByRole('group', { name: 'Lavender' })
  await expect(cards.getByRole('img', { name: 'A row of lavender' })).toBeVisible()
  await cards.getByRole('button', { name: 'About Lavender' }).click()
  const lavender = chat.log.getByRole('article').filter({ hasText: 'Lavender likes it dry' })
  await lavender.getByRole('button', { name: 'Talk to a person' }).click()

  await expect(chat.log.getByText('You are now talking to Customer service')).toBeVisible()
  await expect.poll(() => line.pega.customers.length).toBe(1)
  const customer = line.pega.customers[0]?.id ?? ''
  await chat.send('Is the lavender hardy?')
  await expect.poll(() => line.pega.received().some(({ text }) => JSON.stringify(text)?.includes('Is the lavender hardy?'))).toBe(true)
  await line.pega.agent.say(customer, 'Down to minus fifteen degrees.')
  await expect(chat.log.getByRole('article', { name: /^Robin/ }).filter({ hasText: 'Down to minus fifteen degrees.' })).toBeVisible()

  await line.pega.agent.end(customer)
  await expect(chat.log.getByText('You are now talking to Larch & Loam')).toBeVisible()
  await chat.send('opening hours')
  await expect(chat.log.getByText('We are open from Monday to Saturday', { exact: false })).toBeVisible()
  expect(complaints).toEqual([])
})
