import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook bot with nothing of ours in it, as somebody out there writes one; each habit of it can be spoilt. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

export type Answer = {
  readonly status: number
  readonly body?: unknown
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly afterMs?: number
}
/** What a bot reads of a request. */
export type Asked = {
  readonly type?: unknown
  readonly conversation?: string
  readonly message?: { readonly text: string }
  readonly answer?: { readonly value: string }
  readonly command?: { readonly name: string; readonly run: string }
  readonly callback?: string | null
  readonly state?: unknown
}
export type Call = { readonly id: string; readonly body: string; readonly asked: Asked }
export type Habits = {
  /** Is it from who has the secret? */
  readonly isSigned?: (headers: IncomingMessage['headers'], body: string) => boolean
  readonly read?: (body: string) => Asked
  readonly answer?: (call: Call) => Answer | Promise<Answer>
  readonly remembers?: boolean
  readonly manifest?: () => Answer
}
export interface Bot {
  readonly url: string
  readonly manifestUrl: string
  close(): Promise<void>
}

const KEY = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
const sign = (id: string, timestamp: string, body: string, key: Buffer = KEY): string =>
  createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')

/** How a bot looks at the three headers. @param windowS how far off the time may be */
export function checkSignature(headers: IncomingMessage['headers'], body: string, windowS = 300): boolean {
  const [id, timestamp, header] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name] ?? ''))
  if (!id || !timestamp || !header || Math.abs(Date.now() / 1_000 - Number(timestamp)) > windowS) return false
  const wanted = Buffer.from(sign(id, timestamp, body))
  return header.split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''))
    return one.startsWith('v1,') && given.length === wanted.length && timingSafeEqual(given, wanted)
  })
}

export const says = (...texts: readonly string[]): Answer => ({ status: 200, body: { messages: texts.map((text) => ({ text })) } })
const GOOD_MANIFEST: Answer = {
  status: 200,
  body: {
    name: 'Test bot',
    commands: [
      { name: 'stock', description: 'What is in stock', args: [{ name: 'shelf', type: 'choice', required: true, choices: ['top', 'low'] }] },
      { name: 'hours', description: 'When we are there', args: [] }
    ]
  }
}

/** As a good bot answers. */
export function answerWell({ asked }: Call): Answer {
  switch (asked.type) {
    case 'message':
      return { status: 200, body: { messages: [{ text: `You said: ${asked.message?.text}` }], state: { turns: 1 } } }
    case 'answer':
      return says(`You chose ${asked.answer?.value}.`)
    case 'command':
      return says(`/${asked.command?.name} is done.`)
    default:
      return { status: 204 }
  }
}

/** A call of the bot's own, signed. */
export async function callBack(url: string, body: object, id = `call_${crypto.randomUUID()}`, key: Buffer = KEY): Promise<number> {
  const text = JSON.stringify(body)
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${sign(id, timestamp, text, key)}`
  }
  return (await fetch(url, { method: 'POST', headers, body: text })).status
}

/** Does something a moment later, when the request at hand has been answered. Who asked may have gone by then, which is no concern of a bot's. */
export function callLater(call: () => Promise<unknown>): void {
  setTimeout(() => call().catch((thrown: unknown) => console.debug(`a call was not taken: ${String(thrown)}`)), 10)
}

export async function startBot(habits: Habits = {}): Promise<Bot> {
  const {
    isSigned = checkSignature,
    read = (body) => JSON.parse(body) as Asked,
    answer = answerWell,
    remembers = true,
    manifest = () => GOOD_MANIFEST
  } = habits
  const answered = new Map<string, Answer>()

  async function handle(request: IncomingMessage): Promise<Answer> {
    let body = ''
    for await (const piece of request) body += String(piece)
    if (!isSigned(request.headers, body)) return { status: 401 }
    if (request.method === 'GET') return manifest()
    let asked: Asked
    try {
      asked = read(body)
    } catch {
      return { status: 400 }
    }
    if (typeof asked !== 'object' || asked === null) return { status: 400 }
    const id = String(request.headers['webhook-id'])
    const before = answered.get(id)
    if (remembers && before) return before
    const made = await answer({ id, body, asked })
    // What is no answer breaks a bot, as it would in any framework.
    if (!Number.isInteger(made.status)) throw new TypeError('a handler gave no answer')
    answered.set(id, made)
    return made
  }

  const server = createServer((request, response) => {
    handle(request).then(
      (made) => send(response, made),
      () => send(response, { status: 500 })
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `${url}/chat`,
    manifestUrl: `${url}/manifest`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

function send(response: ServerResponse, { status, body, raw, headers = {}, afterMs = 0 }: Answer): void {
  const write = (): void =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(raw ?? (body === undefined ? '' : JSON.stringify(body)))
  if (afterMs === 0) write()
  else setTimeout(write, afterMs).unref()
}
