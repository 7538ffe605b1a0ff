import { readFileSync } from 'node:fs'
import { lch } from '@parley/connectors/lch'
import { inPage } from '@parley/engine/in-page'
import { type Chat, type Client, createClient } from '@parley/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type LabbChatHook, startLabbChatHook } from '../demo/platforms/labb-chat-hook/index.js'
import { openPegaBench, type PegaBench } from '../demo/platforms/pega-dms/testing.js'

/** SDK, engine and connector in one process, as in one page, against a Labb Chat Hook and a Pega of ours. */

/** A message counts as under way for a second and a half at a hook that acknowledges nothing; the next one waits. */
const WITHIN = { timeout: 4_000 }
const CUSTOMER = { id: '4711', name: 'A customer' }
let pega: PegaBench
let hook: LabbChatHook
let clients: Client[]

beforeEach(async () => {
  clients = []
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  pega = await openPegaBench({ isBotOn: false })
  const { messagesUrl, issuer, secret } = pega.platform
  hook = await startLabbChatHook({ dmsUrl: messagesUrl, issuer, secret, clock: pega.clock })
})
afterEach(async () => {
  for (const client of clients) client.close()
  await hook.stop()
  await pega.stop()
  vi.restoreAllMocks()
})

function open(url = hook.url): Client {
  const client = createClient({ transport: inPage({ connector: lch({ url, customer: CUSTOMER }) }) })
  clients.push(client)
  return client
}

const shown = (chat: Chat): readonly string[] =>
  chat.$timeline
    .get()
    .flatMap((item) =>
      item.kind === 'message'
        ? [`${item.isMine ? 'me' : 'they'} ${item.status}: ${item.parts.map((part) => ('text' in part ? part.text : part.kind)).join()}`]
        : []
    )

/** As Pega would tell the hook. */
const webhook = (body: object): Promise<Response> =>
  fetch(hook.webhookUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ customer_id: CUSTOMER.id, ...body }) })
const taken = (): readonly unknown[] => pega.platform.received()

describe('a chat without a gateway', () => {
  test('reaches Pega through the hook, shows what is answered, and ends on both sides', async () => {
    const { conversation: chat } = open()
    await chat.send('Hello')
    await vi.waitFor(() => expect(taken()).toHaveLength(1))
    await webhook({ type: 'menu', message_id: 'm1', title: 'What is it about?', items: [{ text: 'Shoes', payload: 'shoes' }] })
    await vi.waitFor(() => expect(shown(chat)).toEqual(['me sent: Hello', expect.stringMatching(/^they sent: /)]))
    await chat.answer(chat.$timeline.get().at(-1)?.key ?? '', 'shoes', 'Shoes')
    await vi.waitFor(() => expect(taken()).toHaveLength(2), WITHIN)
    await chat.end()
    await vi.waitFor(() => expect(taken()).toHaveLength(3), WITHIN)
    expect(taken()).toMatchObject([
      { type: 'text', customer_id: '4711', text: ['Hello'] },
      { type: 'text', text: ['shoes'] },
      { type: 'customer_end_session', customer_id: '4711' }
    ])
    expect(chat.$status.get()).toBe('closed')
  })

  test('closed by its page it tells the other side, too', async () => {
    const client = open()
    await client.conversation.send('Hello')
    client.close()
    await vi.waitFor(() => expect(taken()).toMatchObject([{ type: 'text' }, { type: 'customer_end_session' }]), WITHIN)
  })

  test('without its outside keeps what is written in sight as not sent', async () => {
    const port = new URL(hook.url).port
    await hook.stop()
    const client = open()
    const sent = client.conversation.send('Hello')
    await vi.waitFor(() => expect(shown(client.conversation)).toEqual(['me sending: Hello']))
    const { messagesUrl, issuer, secret } = pega.platform
    hook = await startLabbChatHook({ port: Number(port), dmsUrl: messagesUrl, issuer, secret, clock: pega.clock })
    await sent
    await vi.waitFor(() => expect(taken()).toMatchObject([{ type: 'text', text: ['Hello'] }]))
    expect(shown(client.conversation)).toEqual(['me sent: Hello'])
  })

  test('says of a message that its outside did not take that it may be lost', async () => {
    await hook.stop()
    hook = await startLabbChatHook()
    const { conversation: chat } = open()
    await chat.send('Hello')
    const told = 'This may not have been delivered: the chat’s server reported an error.'
    await vi.waitFor(() => expect(chat.$timeline.get()).toEqual(expect.arrayContaining([expect.objectContaining({ isMine: true, undelivered: told })])))
  })

  test('is begun as the SDK’s README says', async () => {
    const readme = readFileSync(new URL('../packages/sdk/README.md', import.meta.url), 'utf8')
    const [, example = ''] = /## Without a gateway[\s\S]*?```ts\n([\s\S]*?)```/.exec(readme) ?? []
    const body = example.replace(/^import .*$/gm, '')
    const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (...text: string[]) => (...values: readonly unknown[]) => Promise<unknown>
    const make = (options: Parameters<typeof createClient>[0]): Client => {
      const client = createClient(options)
      clients.push(client)
      return client
    }
    const here = (options: Parameters<typeof lch>[0]) => lch({ ...options, url: hook.url })
    await new AsyncFunction('createClient', 'inPage', 'lch', body)(make, inPage, here)
    await vi.waitFor(() => expect(taken()).toMatchObject([{ type: 'text', customer_id: '4711', text: ['Hello'] }]))
  })
})
