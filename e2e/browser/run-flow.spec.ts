import { complaintsOf, expect, openChat, test } from '../fixtures.js'

test('a visitor types a slash command, the flow runs, and its result arrives as something to read', async ({ page, line }) => {
  const complaints = complaintsOf(page)
  const chat = await openChat(page, line)
  line.platform.faults.holdSteps()
  await chat.send(`/run-flow ${line.platform.flows.report} trowel`)
  await expect(chat.log.getByText(`/run-flow ${line.platform.flows.report} trowel`)).toBeVisible()
  await expect(chat.log.getByText('Accepted. The result will appear here.')).toBeVisible()
  line.platform.faults.releaseSteps()
  const table = chat.reports
  await expect(table).toContainText('Planting trowel')
  await expect(table).not.toContainText('Terracotta pot')
  await expect(chat.log.getByRole('link', { name: /full report/ })).toHaveAttribute('href', `${line.platform.url}/reports/stock`)
  const picture = chat.log.getByRole('img').first()
  await expect.poll(() => picture.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0))).toBeGreaterThan(0)
  await chat.log.getByText('Show raw JSON').first().click()
  await expect(chat.log.getByText('"title": "Stock report"')).toBeVisible()
  expect(line.platform.requests.filter(({ path }) => path.startsWith('/hook/'))).toHaveLength(1)
  expect(complaints).toEqual([])
})

test('a run tells how far it is', async ({ page, line }) => {
  const chat = await openChat(page, line)
  line.platform.faults.holdSteps()
  await chat.send(`/run-flow ${line.platform.flows.report}`)
  await expect(chat.log.getByText('Accepted')).toBeVisible()
  line.platform.faults.releaseSteps()
  await expect(chat.log.getByRole('progressbar')).toBeVisible()
  await expect(chat.reports).toBeVisible()
  await expect(chat.log.getByText('Finished')).toBeVisible()
})

test('two runs at a time do not mix', async ({ page, line }) => {
  const chat = await openChat(page, line)
  line.platform.faults.holdSteps()
  await chat.send(`/run-flow ${line.platform.flows.report} pot`)
  await chat.send(`/run-flow ${line.platform.flows.report} sieve`)
  await expect(chat.log.getByText('Accepted')).toHaveCount(2)
  line.platform.faults.releaseSteps()
  await expect(chat.reports).toHaveCount(2)
  const tables = await chat.reports.allInnerTexts()
  expect(tables.filter((text) => text.includes('Terracotta pot') && !text.includes('Garden sieve'))).toHaveLength(1)
  expect(tables.filter((text) => text.includes('Garden sieve') && !text.includes('Terracotta pot'))).toHaveLength(1)
})

test('an unknown command and a wrong argument never leave the browser and say what is wanted', async ({ page, line }) => {
  const chat = await openChat(page, line)
  await chat.send('/fly-me-to-the-moon')
  await expect(chat.dialog.getByRole('alert').filter({ hasText: 'fly-me-to-the-moon' })).toBeVisible()
  for (const id of ['../flows/1', '58b41f5da9ee9d0018194bf', 'x'.repeat(24)]) {
    await chat.send(`/run-flow ${id}`)
    await expect(chat.dialog.getByRole('alert').filter({ hasText: '24 hexadecimal digits' })).toBeVisible()
    await expect(chat.input).toHaveValue(`/run-flow ${id}`)
  }
  // The list of flows may be asked for while an id is typed; nothing was run.
  expect(line.platform.requests.filter(({ path }) => path.startsWith('/hook/'))).toEqual([])
})

for (const fault of [
  { kind: 'status', status: 403, error: 'Unauthorized' },
  { kind: 'status', status: 404, error: 'Flow x either does not exist or is inactive.' },
  { kind: 'status', status: 413, error: 'request entity too large' },
  { kind: 'status', status: 415, error: 'Content-Type header is missing' },
  { kind: 'status', status: 503, error: 'no broker' },
  { kind: 'html', status: 502 },
  { kind: 'reset', afterTaking: false }
] as const) {
  test(`when the hub answers ${fault.kind} ${'status' in fault ? fault.status : ''}, the run fails with a plain sentence and its id, and others go on`, async ({
    page,
    line
  }) => {
    const chat = await openChat(page, line)
    const { faults, flows } = line.platform
    if (fault.kind === 'status' && fault.status === 403) faults.nextHook(fault)
    faults.nextHook(fault)
    await chat.send(`/run-flow ${flows.report} first`)
    await expect(chat.log.getByText(/\(run [\w-]{22}\)|run [\w-]{22}/).last()).toBeVisible()
    await expect(chat.log.getByText('Failed')).toBeVisible()
    await chat.send(`/run-flow ${flows.report} pot`)
    await expect(chat.reports).toContainText('Terracotta pot')
  })
}

test('the palette lists, filters, completes and hints by keyboard alone', async ({ page, line }) => {
  const chat = await openChat(page, line)
  await chat.input.pressSequentially('/')
  await expect(chat.commands.getByRole('option')).toContainText(['auth', 'help', 'me', 'run-flow'])
  await chat.input.pressSequentially('run')
  await expect(chat.commands.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Tab')
  await expect(chat.input).toHaveValue('/run-flow ')
  await expect(chat.dialog.getByText(/24 hexadecimal digits/)).toBeVisible()
  await chat.input.pressSequentially(line.platform.flows.report)
  await page.keyboard.press('Enter')
  await expect(chat.reports).toBeVisible()
})

test('help lists every command', async ({ page, line }) => {
  const chat = await openChat(page, line)
  await chat.send('/help')
  for (const name of ['/help', '/run-flow', '/auth', '/me']) await expect(chat.log.getByText(name).first()).toBeVisible()
})

test('a run is cancelled, and what still comes of it is shown as late', async ({ page, line }) => {
  const chat = await openChat(page, line)
  line.platform.faults.holdSteps()
  await chat.send(`/run-flow ${line.platform.flows.report} pot`)
  await chat.log.getByRole('button', { name: 'Cancel' }).click()
  await expect(chat.log.getByText('Cancelled', { exact: true })).toBeVisible()
  line.platform.faults.releaseSteps()
  await expect(chat.reports).toContainText('Terracotta pot')
  await expect(chat.log.getByText('Late').first()).toBeVisible()
})
