import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test as base, expect, type Page } from '@playwright/test'
import type { Lab } from '../demo/break/lab.js'
import { oihInbox, pegaInbox, supportInbox } from '../demo/demo-config.js'
import { type LabbChatHook, startLabbChatHook } from '../demo/platforms/labb-chat-hook/index.js'
import { systemClock } from '../demo/platforms/oih/clock.js'
import { type OihPlatform, type PlatformClock, startOihPlatform } from '../demo/platforms/oih/index.js'
import { type PegaDms, startPegaDms } from '../demo/platforms/pega-dms/index.js'
import { type Site, startSite } from '../demo/site/serve.js'
import type { Front } from './without-websocket.js'

/** A whole line for one test: the outside systems, gateway (a process of its own, on a file of its own), shop. */
export type Line = {
  readonly platform: OihPlatform
  readonly pega: PegaDms
  /** An existing Labb Chat Hook, and the Pega behind it. */
  readonly labb: LabbChatHook
  readonly labbPega: PegaDms
  readonly gateway: Gateway
  readonly site: Site
}

export interface Gateway {
  readonly url: string
  /** As if the machine lost power. */
  kill(): Promise<void>
  /** On the same port and file as before. @throws with what it printed, when it does not get ready */
  start(): Promise<void>
  /** All that it wrote, of all its lives. */
  printed(): string
}

/** Most tests break nothing by themselves. */
const WELL = { isUp: true, delay: false, blackhole: false }
const RESULTS_TOKEN = 'what-scheduled-flows-bring-their-results-with'
const IDENTITY_SECRET = 'what the shop signs with who somebody is'
const NO_LAB: Lab = { parleyPort: 9, plainPort: 9, act: () => WELL, state: () => WELL, stop: async () => {} }

type Options = {
  readonly lineOptions: {
    readonly lab?: Lab
    readonly stepMs?: number
    /** Of the hub's orchestrator. */
    readonly tickMs?: number
    /** The hub's. */
    readonly clock?: PlatformClock
    readonly inbox?: Record<string, unknown>
    readonly extraPages?: Record<string, string>
    /** Puts something between the page and the gateway, whose address it is given. */
    readonly front?: (gateway: string) => Promise<Front>
  }
}

export const test = base.extend<{ line: Line } & Options>({
  lineOptions: [{}, { option: true }],
  line: async ({ lineOptions }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-'))
    const pega = await startPegaDms({ stepMs: 100, webhook: { url: null } })
    const labbPega = await startPegaDms({ stepMs: 100, webhook: { url: null, isSigned: false } })
    // Last, so that none of those that take any port takes one of these.
    const [gatewayPort, labbPort, sitePort] = await freePorts(3)
    pega.webhookTo(`http://localhost:${gatewayPort}/webhook`)
    const platform = await startOihPlatform({
      stepMs: lineOptions.stepMs ?? 50,
      tickMs: lineOptions.tickMs ?? 200,
      results: { url: `http://localhost:${gatewayPort}/hooks/flows/flows`, token: RESULTS_TOKEN },
      clock: lineOptions.clock ?? systemClock
    })
    const { messagesUrl: dmsUrl, issuer, secret } = labbPega
    const shop = `http://localhost:${sitePort}`
    const labb = await startLabbChatHook({ port: labbPort ?? 0, allowedOrigin: shop, dmsUrl, issuer, secret })
    labbPega.webhookTo(labb.webhookUrl)
    const config = {
      port: gatewayPort,
      publicUrl: `http://localhost:${gatewayPort}`,
      store: `sqlite:${join(folder, 'parley.db')}`,
      origins: [shop],
      identity: { secret: IDENTITY_SECRET },
      audit: { url: `${platform.url}/logs`, token: platform.auditToken },
      inboxes: {
        flows: { ...oihInbox(platform), resultsToken: RESULTS_TOKEN, ...lineOptions.inbox },
        support: supportInbox(shop),
        pega: pegaInbox(pega)
      }
    }
    const gateway = await startGateway(config, folder)
    const front = await lineOptions.front?.(gateway.url)
    const site = await startSite({
      lab: lineOptions.lab ?? NO_LAB,
      port: sitePort ?? 0,
      gateway: front?.url ?? gateway.url,
      pictures: [platform.url, pega.url, labbPega.url],
      pages: new URL('../demo/site/pages/', import.meta.url),
      bundles: new URL('../demo/dist/site/', import.meta.url),
      flows: platform.flows,
      hub: `${platform.url}/platforms/oih`,
      pega: pega.page,
      labb: labb.url,
      labbPega: labbPega.page,
      identitySecret: IDENTITY_SECRET,
      isDev: false,
      extraPages: lineOptions.extraPages ?? {}
    })
    await use({ platform, pega, labb, labbPega, gateway, site })
    await site.stop()
    await front?.stop()
    await gateway.kill()
    await labb.stop()
    await labbPega.stop()
    await pega.stop()
    await platform.stop()
    await rm(folder, { recursive: true, force: true })
  }
})

export { expect }

async function startGateway(config: { readonly port: number | undefined }, folder: string): Promise<Gateway> {
  const file = join(folder, 'parley.config.json')
  await writeFile(file, JSON.stringify(config))
  const url = `http://localhost:${config.port}`
  let child: ChildProcess | null = null
  let printed = ''

  async function start(): Promise<void> {
    const main = fileURLToPath(new URL('../packages/gateway/dist/main.js', import.meta.url))
    const started = spawn(process.execPath, [main, '--config', file], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PORT: '' } })
    child = started
    for (const stream of [started.stdout, started.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
    await isReady(url, () => started.exitCode === null && started.signalCode === null).catch((reason: unknown) => {
      throw new Error(`the gateway did not get ready (${String(reason)}):\n${printed}`)
    })
  }

  async function kill(): Promise<void> {
    const running = child
    child = null
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill('SIGKILL')
    await exited
  }

  await start()
  return { url, kill, start, printed: () => printed }
}

/** Asks until it answers: how long a process takes to start is nobody's to decide. */
async function isReady(url: string, isAlive: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1_200; attempt++) {
    if (!isAlive()) throw new Error('it ended')
    const response = await fetch(`${url}/readyz`).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('no answer in 60 s')
}

/** Below those that the system gives to whoever wants any, so that nobody takes one before it is used. */
const FIRST_PORT = 20_000
const PORTS = 12_000

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS)
    if (!ports.includes(port) && (await isFree(port))) ports.push(port)
  }
  return ports
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** The shop, with the chat opened. */
export async function openChat(page: Page, { site }: Line): Promise<Chat> {
  await page.goto(site.url)
  await page.getByRole('button', { name: 'Open chat' }).click()
  return chatOf(page)
}

export type Chat = ReturnType<typeof chatOf>

/** The chat by what a visitor finds: roles and names. */
export function chatOf(page: Page) {
  const dialog = page.getByRole('dialog', { name: 'Chat' })
  const input = dialog.getByRole('textbox', { name: 'Message' })
  return {
    dialog,
    input,
    log: dialog.getByRole('log', { name: 'Messages' }),
    commands: page.getByRole('listbox', { name: 'Commands' }),
    /** The rows of stock reports: one table each, inside the result's own. */
    reports: dialog.getByRole('table').filter({ has: page.getByRole('columnheader', { name: 'Shelf' }), hasNot: page.getByRole('table') }),
    async send(line: string): Promise<void> {
      await input.fill(line)
      // A click, so that an open palette does not take the key for itself.
      await dialog.getByRole('button', { name: 'Send' }).click()
    }
  }
}

/** Everything that a page complained about, to be found empty at the end. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.text().includes('Content Security Policy')) complaints.push(message.text())
  })
  return complaints
}
