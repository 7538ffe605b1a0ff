import { chatOf, expect, openChat, test } from '../fixtures.js'

test('after a reload in mid-run the conversation is there again and the result arrives, once', async ({ page, line }) => {
  const chat = await openChat(page, line)
  line.platform.faults.holdSteps()
  await chat.send('before the reload')
  await chat.send(`/run-flow ${line.platform.flows.report} pot`)
  await expect(chat.log.getByText('Accepted')).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: 'Open chat' }).click()
  const again = chatOf(page)
  await expect(again.log.getByText('before the reload')).toHaveCount(1)
  line.platform.faults.releaseSteps()
  await expect(again.reports).toContainText('Terracotta pot')
  await expect(again.reports).toHaveCount(1)
})

test('a result that came while the visitor was away is there when they come back', async ({ page, line }) => {
  const chat = await openChat(page, line)
  line.platform.faults.holdSteps()
  await chat.send(`/run-flow ${line.platform.flows.report} pot`)
  await expect(chat.log.getByText('Accepted')).toBeVisible()
  await page.goto('about:blank')
  line.platform.faults.releaseSteps()
  await expect.poll(() => line.platform.callbacks.length).toBeGreaterThan(4)
  const back = await openChat(page, line)
  await expect(back.reports).toContainText('Terracotta pot')
})

test('the gateway is killed and started again in mid-run: the result still arrives, once, and the flow ran once', async ({ page, line }) => {
  const chat = await openChat(page, line)
  line.platform.faults.holdSteps()
  await chat.send(`/run-flow ${line.platform.flows.report} pot`)
  await expect(chat.log.getByText('Accepted')).toBeVisible()
  await line.gateway.kill()
  await expect(chat.dialog.getByText(/Reconnecting|Connecting/).first()).toBeVisible()
  await chat.send('written while it was away')
  await line.gateway.start()
  line.platform.faults.releaseSteps()
  await expect(chat.reports).toContainText('Terracotta pot', { timeout: 15_000 })
  await expect(chat.reports).toHaveCount(1)
  await expect(chat.log.getByText('written while it was away')).toHaveCount(1)
  await page.reload()
  await page.getByRole('button', { name: 'Open chat' }).click()
  await expect(chat.log.getByText('written while it was away')).toHaveCount(1)
  await expect(chat.reports).toHaveCount(1)
  expect(line.platform.requests.filter(({ path }) => path.startsWith('/hook/'))).toHaveLength(1)
})

test('a callback that comes twice is shown once', async ({ page, line }) => {
  const chat = await openChat(page, line)
  line.platform.faults.callbackTimes = 2
  await chat.send(`/run-flow ${line.platform.flows.report} pot`)
  await expect(chat.reports).toHaveCount(1)
  await expect.poll(() => line.platform.callbacks.length).toBe(10)
  await expect(chat.reports).toHaveCount(1)
})

test('a callback with a wrong or used-up secret, or for a run there is not, gets 404 and shows nothing', async ({ page, line }) => {
  const chat = await openChat(page, line)
  await chat.send(`/run-flow ${line.platform.flows.report} pot`)
  await expect(chat.reports).toHaveCount(1)
  const hook = line.platform.requests.find(({ path }) => path.startsWith('/hook/'))
  const { correlation } = JSON.parse(hook?.body ?? '{}') as { correlation: { runId: string; replyUrl: string; replyToken: string } }
  const post = async (address: string, token: string) =>
    (
      await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ forged: true, correlation: { ...correlation, replyToken: token } })
      })
    ).status
  expect([
    await post(correlation.replyUrl, correlation.replyToken),
    await post(correlation.replyUrl, 'wrong'),
    await post(correlation.replyUrl.replace(correlation.runId, 'A'.repeat(22)), correlation.replyToken),
    await post(`${line.gateway.url}/oih-receiver`, 'wrong')
  ]).toEqual([404, 404, 404, 404])
  await expect(chat.log.getByText('forged')).toHaveCount(0)
})

test('two visitors at once: nobody sees the other’s words or results', async ({ page, browser, line }) => {
  const other = await browser.newContext()
  const annas = await openChat(page, line)
  const bens = await openChat(await other.newPage(), line)
  line.platform.faults.holdSteps()
  await annas.send('only the first visitor wrote this')
  await annas.send(`/run-flow ${line.platform.flows.report} pot`)
  await bens.send(`/run-flow ${line.platform.flows.report} sieve`)
  await expect(annas.log.getByText('Accepted')).toBeVisible()
  await expect(bens.log.getByText('Accepted')).toBeVisible()
  line.platform.faults.releaseSteps()
  await expect(annas.reports).toContainText('Terracotta pot')
  await expect(bens.reports).toContainText('Garden sieve')
  await expect(annas.log.getByText('Garden sieve')).toHaveCount(0)
  await expect(bens.log.getByText('Terracotta pot')).toHaveCount(0)
  await expect(bens.log.getByText('only the first visitor')).toHaveCount(0)
  await other.close()
})
