import type { Page } from '@playwright/test'
import type { PlatformClock } from '../../demo/platforms/oih/clock.js'
import { type Chat, chatOf, complaintsOf, expect, type Line, test } from '../fixtures.js'

/** Of the hub: a minute of its scheduler passes in a second. */
const HURRY = 60
const hurried: PlatformClock = {
  now: () => Date.now() * HURRY,
  setTimer(ms, run) {
    const timer = setTimeout(run, ms / HURRY)
    return () => clearTimeout(timer)
  }
}
const NEWSLETTER = 'Newsletter sign-up'

test.use({ lineOptions: { inbox: { pollMs: 250 } } })

async function openFlows(page: Page, { site }: Line, who: 'The operator' | 'A visitor'): Promise<Chat> {
  await page.goto(`${site.url}/flows.html`)
  await page.getByRole('radio', { name: who }).check()
  await expect(page.getByText(who === 'A visitor' ? 'You are a visitor' : 'You are the operator')).toBeVisible()
  await page.getByRole('button', { name: 'Open chat' }).click()
  return chatOf(page)
}

/** One flow of a list, by its name; the newest list when there are several. */
const flowIn = (chat: Chat, name: string) => chat.log.getByRole('group', { name }).last()

type Audited = { readonly headers: { readonly name: string; readonly serviceName: string }; readonly payload: Readonly<Record<string, unknown>> }

/** What the gateway told the hub's audit log, oldest first: whole, but with ids told apart only by their place. */
async function audited({ platform }: Line): Promise<readonly unknown[]> {
  const response = await fetch(`${platform.url}/logs?page[size]=100`, { headers: { authorization: `Bearer ${platform.tokenOf('admin')}` } })
  const { data } = (await response.json()) as { readonly data: readonly Audited[] }
  const runs: unknown[] = []
  return data
    .filter(({ headers }) => headers.serviceName === 'parley')
    .reverse()
    .map(({ headers: { name }, payload: { id, visitor, conversation, run, tookMs, ...said } }) => {
      if (run !== undefined && !runs.includes(run)) runs.push(run)
      const isWhole = [id, visitor, conversation].every((one) => /^[\w-]{22}$/.test(String(one))) && ['number', 'undefined'].includes(typeof tookMs)
      return { name, isWhole, ...(run === undefined ? {} : { run: runs.indexOf(run) + 1 }), ...said }
    })
}

test('the whole journey of an operator: list, start, run, watch, stop; and each step is in the audit', async ({ page, line }) => {
  const complaints = complaintsOf(page)
  const chat = await openFlows(page, line, 'The operator')
  await chat.send('/flows newsletter')
  const listed = flowIn(chat, NEWSLETTER)
  await expect(listed).toContainText('inactive')

  await listed.getByRole('button', { name: 'Watch' }).click()
  await expect(chat.log.getByText(`“${NEWSLETTER}” is inactive.`)).toBeVisible()
  await listed.getByRole('button', { name: 'Start' }).click()
  await expect(chat.log.getByText(`“${NEWSLETTER}” is active and takes calls.`).first()).toBeVisible()

  await chat.send('/flows newsletter')
  await flowIn(chat, NEWSLETTER).getByRole('button', { name: 'Run' }).click()
  await expect(chat.log.getByRole('table')).toBeVisible()
  // Still pressed from before, the list tells what was then; the watch tells what is now.
  await flowIn(chat, NEWSLETTER).getByRole('button', { name: 'Stop' }).click()
  await expect(chat.log.getByText(`“${NEWSLETTER}” is inactive.`)).toHaveCount(2)
  await chat.log.getByRole('button', { name: 'Cancel' }).click()
  await expect(chat.log.getByText('Cancelled', { exact: true })).toBeVisible()

  const flow = '5f8d0c2be4a1b2001c3d4f06'
  const told = (name: string, run: number, command: string, more: object = {}) => ({
    name: `parley.${name}`,
    isWhole: true,
    run,
    inbox: 'flows',
    command,
    ...more
  })
  await expect
    .poll(() => audited(line))
    .toEqual([
      { name: 'parley.identity.accepted', isWhole: true, inbox: 'flows', roles: 'operator' },
      told('command.started', 1, 'flows', { args: {} }),
      told('command.finished', 1, 'flows'),
      told('command.started', 2, 'flow', { args: { action: 'watch', flow } }),
      told('command.started', 3, 'flow', { args: { action: 'start', flow } }),
      told('flow.start', 3, 'flow', { flow, flowName: NEWSLETTER, isSure: true }),
      told('flow.active', 3, 'flow', { flow }),
      told('command.finished', 3, 'flow'),
      told('command.started', 4, 'flows', { args: {} }),
      told('command.finished', 4, 'flows'),
      told('command.started', 5, 'run-flow', { args: { flow } }),
      told('command.finished', 5, 'run-flow'),
      told('command.started', 6, 'flow', { args: { action: 'stop', flow } }),
      told('flow.stop', 6, 'flow', { flow, flowName: NEWSLETTER, isSure: true }),
      told('flow.inactive', 6, 'flow', { flow }),
      told('command.finished', 6, 'flow'),
      told('command.failed', 2, 'flow', { reason: 'cancelled' })
    ])
  expect(complaints).toEqual([])
})

test('a visitor may look and run, and is told who may start', async ({ page, line }) => {
  const chat = await openFlows(page, line, 'A visitor')
  await chat.send('/flows')
  // What is higher than the window is read from its beginning.
  await expect(chat.log.getByText('Flows at Demo Hub, page 1')).toBeInViewport()
  const [resting, active] = [flowIn(chat, 'Delivery slots'), flowIn(chat, 'Opening hours')]
  await expect(resting.getByRole('button', { name: 'Start' })).toBeDisabled()
  await expect(active.getByRole('button', { name: 'Stop' })).toBeDisabled()
  await expect(active.getByRole('button', { name: 'Run' })).toBeEnabled()
  await chat.log.getByRole('button', { name: 'More' }).click()
  await expect(flowIn(chat, 'Stock watch')).toBeVisible()
  await chat.send('/flow start 5f8d0c2be4a1b2001c3d4f07')
  await expect(chat.dialog.getByRole('alert').filter({ hasText: 'cannot be "start"' })).toBeVisible()
  expect(line.platform.requests.filter(({ method, path }) => method === 'POST' && path.startsWith('/flows/'))).toEqual([])
})

test('while an id is typed, flows are offered by their names, and one is taken with the keyboard', async ({ page, line }) => {
  const chat = await openFlows(page, line, 'A visitor')
  await expect(chat.dialog.getByText('Online')).toBeVisible()
  await chat.input.pressSequentially('/flow status opening')
  const option = page.getByRole('option', { name: /Opening hours/ })
  await expect(option).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(chat.input).toHaveValue(new RegExp(`^/flow status ${line.platform.flows.openingHours}`))
  await page.keyboard.press('Enter')
  await expect(flowIn(chat, 'Opening hours')).toContainText('active and takes calls')
})

test('a flow that the hub cannot start ends in a sentence, and the chat goes on', async ({ page, line }) => {
  const chat = await openFlows(page, line, 'The operator')
  const id = '5f8d0c2be4a1b2001c3d4f06'
  line.platform.faults.failStart(id)
  await chat.send(`/flow start ${id}`)
  await expect(chat.log.getByText(/could not be started: the platform took it from starting back/)).toBeVisible()
  await chat.send(`/flow status ${id}`)
  await expect(flowIn(chat, NEWSLETTER)).toContainText('inactive')
})

test.describe('a scheduled flow', () => {
  test.use({ lineOptions: { inbox: { pollMs: 250 }, clock: hurried } })

  test('brings its results to the chat that watches it, also after the gateway was killed', async ({ page, line }) => {
    const chat = await openFlows(page, line, 'The operator')
    const { stockWatch } = line.platform.flows
    await chat.send(`/flow watch ${stockWatch}`)
    await expect(chat.log.getByText('“Stock watch” is inactive.')).toBeVisible()
    await chat.send(`/flow start ${stockWatch}`)
    const results = chat.log.getByText('“Stock watch” has a result:')
    await expect(results.first()).toBeVisible()
    await line.gateway.kill()
    await line.gateway.start()
    const before = await results.count()
    await expect.poll(() => results.count()).toBeGreaterThan(before)
    await chat.send(`/flow stop ${stockWatch}`)
    // The watch tells how it is now, and the stop how it ended.
    await expect(chat.log.getByText('“Stock watch” is inactive.')).toHaveCount(2)
  })
})
