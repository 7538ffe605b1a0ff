import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createListener } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createFakeClock, createFakePort } from '@parley/engine/contracts'
import type { MessageId } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configSchema, readConfig } from './config.js'
import { SECRET } from './fixtures/bench.js'
import { readAnswer } from './inbound.js'
import { webhookConnector } from './index.js'
import { readManifest } from './manifest.js'

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text)
const hasPython = spawnSync('python3', ['--version']).status === 0

let folder = ''
let running: ChildProcess | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-bot-'))
})
afterEach(() => {
  running?.kill()
  running = null
  rmSync(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const listener = createListener()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return port
}

/** Runs a bot as it stands in the page. @returns its address, once it answers there */
async function startBot(program: string, file: string, text: string): Promise<string> {
  const port = await freePort()
  writeFileSync(join(folder, file), text)
  running = spawn(program, [join(folder, file)], { env: { ...process.env, HOOK_SECRET: SECRET, PORT: String(port) }, stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  running.stderr?.on('data', (piece: Buffer) => void (complaints += piece.toString()))
  const url = `http://127.0.0.1:${port}/chat`
  for (;;) {
    if (running.exitCode !== null) throw new Error(`${program} ended with ${running.exitCode}: ${complaints}`)
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0
    )
    // Not signed, so it is not taken; but there it is.
    if (status === 401) return url
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function talkTo(url: string): Promise<void> {
  const port = createFakePort({ clock: createFakeClock(Date.now()), inbox: 'bots' })
  const connector = webhookConnector({ url, manifestUrl: url, secret: SECRET })
  await connector.start(port)
  const hello = port.say('héllo')
  await connector.deliver(hello)
  await connector.deliver(port.deliveryOf('answer.given', { to: 'AAAAAAAAAAAAAAAAAAAAAA' as MessageId, value: 'ferns', label: 'Ferns' }))
  const { run, ...command } = port.startRun('order', { number: 12 })
  await connector.deliver(command)
  const { conversation } = hello
  expect(port.recorded).toEqual([
    {
      did: 'append',
      conversation,
      externalId: expect.stringMatching(/^answer:msg_/),
      parts: [
        { kind: 'text', text: 'You said: héllo' },
        {
          kind: 'choices',
          choices: [
            { value: 'roses', label: 'Roses' },
            { value: 'ferns', label: 'Ferns' }
          ]
        }
      ]
    },
    { did: 'append', conversation, externalId: expect.stringMatching(/^answer:msg_/), parts: [{ kind: 'text', text: 'Ferns it is.' }] },
    { did: 'finish', run, parts: [{ kind: 'text', text: 'Order 12 is on its way.' }] }
  ])
  expect(await port.conversation.recall(conversation)).toMatchObject({ state: { plant: 'ferns' } })
  while (connector.commands.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  expect([connector.commands.map(({ name }) => name), connector.capabilities.participant.name]).toEqual([['order'], 'Fern'])
  await connector.stop()
  // The wrong secret: not taken, and told so.
  const stranger = webhookConnector({ url, secret: 'another text of enough characters' })
  await stranger.start(port)
  await expect(stranger.deliver(port.say('x'))).rejects.toMatchObject({ retry: false })
}

describe('the bots of the page', () => {
  test('in Node: checks signatures, shows choices, runs a command', async () => {
    await talkTo(await startBot(process.execPath, 'bot.mjs', blocks('js')[0] ?? ''))
  }, 30_000)

  test('in Python: the same', async (context) => {
    if (!hasPython) context.skip('python3 is not on this machine')
    await talkTo(await startBot('python3', 'bot.py', blocks('python')[0] ?? ''))
  }, 30_000)

  test('have no more than 20 lines each', () => {
    expect([blocks('js')[0], blocks('python')[0]].map((text = '') => text.split('\n').filter((line) => line.trim() !== '').length <= 20)).toEqual([true, true])
  })
})

test('what is said later as the page shows it is taken and said', async () => {
  const file = join(folder, 'later.mjs')
  writeFileSync(file, blocks('js')[1] ?? '')
  const { sayLater } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    sayLater(callback: string, secret: string, said: object): Promise<Response>
  }
  const port = createFakePort({ clock: createFakeClock(Date.now()), inbox: 'bots', fetch: async () => new Response(null, { status: 202 }) })
  const connector = webhookConnector({ url: 'https://bot.example.test/', secret: SECRET })
  await connector.start(port)
  const { conversation } = port.say('x')
  const gateway = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const headers = request.headers as Record<string, string>
      const call = { door: 'hooks', method: 'POST', path: 'callback', query: {}, cookies: {}, headers, body: new Uint8Array(Buffer.concat(pieces)) } as const
      connector.handleRequest?.(call).then(
        ({ status }) => response.writeHead(status).end(),
        (thrown: unknown) => response.destroy(thrown as Error)
      )
    })
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  const { status } = await sayLater(`http://127.0.0.1:${(gateway.address() as AddressInfo).port}/`, SECRET, { conversation, messages: [{ text: 'später' }] })
  gateway.close()
  expect([status, port.recorded.map((one) => (one.did === 'append' ? one.parts : one))]).toEqual([200, [[{ kind: 'text', text: 'später' }]]])
})

describe('the page', () => {
  const [configuration, request, answer, manifest] = blocks('json').map((text) => JSON.parse(text) as never)

  test('has a configuration, an answer and a manifest that are taken as they stand', () => {
    const { inboxes } = configuration as unknown as { readonly inboxes: { readonly bot: object } }
    expect(readConfig({ ...inboxes.bot, secret: SECRET })).toMatchObject({ ok: true })
    expect(readAnswer(answer)).toMatchObject({ ok: true })
    expect(readManifest(JSON.stringify(manifest), 1)).toMatchObject({ ok: true })
    expect(Object.keys(request as unknown as object)).toEqual(['type', 'conversation', 'visitor', 'message', 'context', 'state', 'callback'])
  })

  test('names every key there is, with its default', () => {
    const rows = new Map([...README.matchAll(/^\| `([a-zA-Z]+)` \| ([^|]+) \|/gm)].map(([, key = '', shown = '']) => [key, shown.trim()]))
    expect(Object.keys(configSchema.entries).filter((key) => key !== 'connector' && !rows.has(key))).toEqual([])
    const read = readConfig({ url: 'https://bot.example.com/', secret: SECRET })
    if (!read.ok) throw new Error(read.wanted)
    const numbers = ['context', 'timeoutMs', 'runTimeoutMs'] as const
    expect(numbers.map((key) => rows.get(key))).toEqual(numbers.map((key) => String(read.value[key])))
  })
})
