import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { flowFaults } from './flow-rules.js'

/** The ready definitions for a hub of one's own: flows by the rules, and the component's steps at work. */

const HERE = new URL('./definitions/', import.meta.url)
type Json = Readonly<Record<string, unknown>>
const readJson = (path: string): Json => JSON.parse(readFileSync(new URL(path, HERE), 'utf8'))
const FLOWS = readdirSync(new URL('flows/', HERE))

type Described = { readonly title: string; readonly main: string }
type Component = { readonly triggers: Readonly<Record<string, Described>>; readonly actions: Readonly<Record<string, Described>> }
const component = readJson('component/component.json') as unknown as Component
const steps = { ...component.triggers, ...component.actions }

type Process = (this: { emit(event: string, value: unknown): void }, message: object, config: object, ...more: readonly object[]) => Promise<void>
const load = (main: string): Process => createRequire(new URL('component/', HERE))(main).process

type Got = { readonly path: string | undefined; readonly token: IncomingHttpHeaders[string]; readonly body: unknown }
let chat: Server
let url: string
let got: Got[]
let status: number

beforeEach(async () => {
  got = []
  status = 200
  chat = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ path: request.url, token: request.headers['x-parley-reply-token'], body: JSON.parse(Buffer.concat(chunks).toString()) })
      response.writeHead(status, status === 302 ? { location: `${url}/elsewhere` } : {}).end()
    })
  })
  await new Promise<void>((resolve) => chat.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(chat.address() as AddressInfo).port}`
})
afterEach(async () => {
  chat.closeAllConnections()
  await new Promise((resolve) => chat.close(resolve))
})

/** @returns what the step emitted, as the hub's runner would send it on */
async function run(step: string, message: object, config: object = {}, task: object = {}): Promise<readonly unknown[]> {
  const emitted: unknown[] = []
  const { main } = steps[step] ?? { main: '' }
  await load(main).call({ emit: (...said) => void emitted.push(said) }, message, config, {}, {}, task)
  return emitted
}
const correlation = () => ({ runId: 'run-1', replyUrl: `${url}/hooks/flows/runs/run-1`, replyToken: 'reply-secret' })

describe('a flow', () => {
  test.each(FLOWS)('%s keeps the rules of the Flow Repository', (name) => {
    const flow = readJson(`flows/${name}`)
    expect(flowFaults(flow)).toEqual([])
    expect(flow).toMatchObject({ name: expect.any(String), description: expect.any(String) })
  })

  test('uses of this component only steps that it has', () => {
    const nodes = FLOWS.flatMap((name) => (readJson(`flows/${name}`).graph as { readonly nodes: readonly Json[] }).nodes)
    const used = nodes.filter(({ componentId }) => componentId === '5f8d0c2be4a1b2001c3d4e6a').map((node) => String(node.function))
    expect([...new Set(used)].sort()).toEqual(Object.keys(steps).sort())
  })

  test('is named in the README, and no other is', () => {
    const readme = readFileSync(new URL('README.md', HERE), 'utf8')
    expect([...readme.matchAll(/^\| `([\w-]+\.json)`/gm)].map(([, name]) => name).sort()).toEqual([...FLOWS].sort())
  })
})

describe('the component', () => {
  test('names for each step a title and a module that has its process', () => {
    for (const { title, main } of Object.values(steps)) expect([typeof title, typeof load(main)]).toEqual(['string', 'function'])
  })

  test('readHook hands on what came, with the correlation whole', async () => {
    const data = { params: ['a'], correlation: correlation() }
    expect(await run('readHook', { data, headers: { 'x-parley-reply-token': 'another' } })).toEqual([['data', { data }]])
  })

  test('readHook takes the secret of a call by GET from its header', async () => {
    const { replyToken, ...named } = correlation()
    const [emitted] = await run('readHook', { data: { correlation: named }, headers: { 'x-parley-reply-token': replyToken } })
    expect(emitted).toEqual(['data', { data: { correlation: correlation() } }])
  })

  test('sendToChat answers the run that asked, its secret in the header alone', async () => {
    const data = { title: 'Counted', rows: [1], correlation: correlation() }
    expect(await run('sendToChat', { data }, { chatUrl: `${url}/` })).toEqual([['data', { data }]])
    expect(got).toEqual([{ path: '/hooks/flows/runs/run-1', token: 'reply-secret', body: { title: 'Counted', rows: [1], correlation: { runId: 'run-1' } } }])
  })

  test.each([404, 500, 302])('sendToChat fails when the chat answers %d, and names no secret', async (answer) => {
    status = answer
    const failed = await run('sendToChat', { data: { correlation: correlation() } }, { chatUrl: url }).catch((reason: unknown) => reason)
    expect(failed).toBeInstanceOf(Error)
    expect(String(failed)).not.toContain('reply-secret')
    expect(got).toHaveLength(1)
  })

  test.each(['http://127.0.0.1:9/hooks', 'file:///etc/hosts', '/hooks', undefined, 7])(
    'sendToChat goes only below its chatUrl, not to %j',
    async (replyUrl) => {
      const sent = run('sendToChat', { data: { correlation: { ...correlation(), replyUrl } } }, { chatUrl: `${url}/hooks/` })
      await expect(sent).rejects.toThrow('The reply address is not below the chatUrl of this step.')
      expect(got).toEqual([])
    }
  )

  test('sendToChat that was told no chatUrl goes nowhere', async () => {
    await expect(run('sendToChat', { data: { correlation: correlation() } })).rejects.toThrow('not below the chatUrl')
  })

  test('sendResult brings what a flow found by itself, under the execution’s id', async () => {
    const config = { replyUrl: `${url}/hooks/flows/flows/5f8d0c2be4a1b2001c3d4e57`, replyToken: 'results-secret' }
    const found = { data: { rows: [1] } }
    expect(await run('sendResult', found, config, { flowExecId: 'exec-1' })).toEqual([['data', found]])
    status = 410
    await expect(run('sendResult', { id: 'message-1', ...found }, config)).rejects.toThrow('The chat answered 410.')
    await run('sendResult', found, config).catch(() => {})
    const body = (id: unknown) => ({ result: { rows: [1] }, id })
    expect(got).toEqual(
      [body('exec-1'), body('message-1'), body(expect.stringMatching(/^[0-9a-f-]{36}$/))].map((sent) => ({
        path: '/hooks/flows/flows/5f8d0c2be4a1b2001c3d4e57',
        token: 'results-secret',
        body: sent
      }))
    )
  })
})
