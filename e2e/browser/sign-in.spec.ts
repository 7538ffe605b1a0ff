import type { BrowserContext, Page } from '@playwright/test'
import { type Chat, expect, type Line, openChat, test } from '../fixtures.js'

async function openSignIn(context: BrowserContext, chat: Chat): Promise<Page> {
  const opened = context.waitForEvent('page')
  await chat.log.getByRole('link', { name: /Sign in/ }).click()
  const tab = await opened
  await tab.waitForLoadState()
  return tab
}

test('from /auth through consent to /me', async ({ page, context, line }) => {
  const chat = await openChat(page, line)
  await chat.send('/me')
  await expect(chat.log.getByText(/No account is connected yet/).last()).toBeVisible()
  await chat.send('/auth')
  const card = chat.log.getByRole('group', { name: 'Connect Demo Hub' })
  await expect(card).toContainText(/[A-Z2-9]{3}-[A-Z2-9]{3}/)
  const code = /[A-Z2-9]{3}-[A-Z2-9]{3}/.exec((await card.textContent()) ?? '')?.[0] ?? 'no code'
  const tab = await openSignIn(context, chat)
  await expect(tab.getByText(code)).toBeVisible()
  await expect(tab.getByText(/Larch & Loam/).first()).toBeVisible()
  await tab.getByRole('button', { name: /Continue/ }).click()
  await tab.getByRole('button', { name: 'Approve' }).click()
  await expect(tab.getByText(/close this/)).toBeVisible()
  await expect(card.getByText('Connected')).toBeVisible()
  await chat.send('/me')
  await expect(chat.log.getByText('First demo account').first()).toBeVisible()
  expect(line.gateway.printed()).not.toContain(line.platform.token)
})

test('a refused consent binds nothing; the hub reports it to nobody, so the card goes on waiting until it expires', async ({ page, context, line }) => {
  const chat = await openChat(page, line)
  await chat.send('/auth')
  const tab = await openSignIn(context, chat)
  await tab.getByRole('button', { name: /Continue/ }).click()
  await tab.getByRole('button', { name: 'Refuse' }).click()
  await tab.waitForLoadState()
  await expect(chat.log.getByText('Waiting for you to sign in')).toBeVisible()
  await chat.send('/me')
  await expect(chat.log.getByText(/No account is connected yet/).last()).toBeVisible()
})

test('an account belongs to the visitor who signed in: another visitor is asked to sign in', async ({ page, context, browser, line }) => {
  const chat = await openChat(page, line)
  await chat.send('/auth')
  const tab = await openSignIn(context, chat)
  await tab.getByRole('button', { name: /Continue/ }).click()
  await tab.getByRole('button', { name: 'Approve' }).click()
  await expect(chat.log.getByText('Connected').first()).toBeVisible()
  const stranger = await browser.newContext()
  const strangers = await openChat(await stranger.newPage(), line)
  await strangers.send('/me')
  await expect(strangers.log.getByText(/No account is connected yet/).last()).toBeVisible()
  await expect(strangers.log.getByText('First demo account')).toHaveCount(0)
  await stranger.close()
})

test('a stranger who is lured to the end of somebody’s sign-in binds nothing', async ({ page, context, browser, line }) => {
  const chat = await openChat(page, line)
  await chat.send('/auth')
  const tab = await openSignIn(context, chat)
  await tab.getByRole('button', { name: /Continue/ }).click()
  await expect(tab.getByRole('button', { name: 'Approve' })).toBeVisible()
  const address = await landingOf(tab.url(), line)
  const stranger = await browser.newContext()
  const lured = await stranger.newPage()
  await lured.goto(address)
  await expect(lured.getByRole('heading')).not.toContainText(/signed in/i)
  await chat.send('/me')
  await expect(chat.log.getByText(/No account is connected yet/).last()).toBeVisible()
  await expect(chat.log.getByText('Connected', { exact: true })).toHaveCount(0)
  await tab.goto(address)
  await expect(chat.log.getByText('Connected', { exact: true })).toBeVisible()
  await stranger.close()
})

/** Consents outside the browser, and stops before the last address, the one that binds the account. */
async function landingOf(consentPage: string, { platform }: Line): Promise<string> {
  const state = new URL(consentPage).searchParams.get('state') ?? ''
  const form = new URLSearchParams({ state, account: 'demo-1', decision: 'approve' })
  const consented = await fetch(`${platform.url}/provider/authorize`, { method: 'POST', body: form, redirect: 'manual' })
  const landed = await fetch(consented.headers.get('location') ?? '', { redirect: 'manual' })
  return landed.headers.get('location') ?? ''
}
