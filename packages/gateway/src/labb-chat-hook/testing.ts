import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io, type Socket } from 'socket.io-client'

/** What stands around a gateway in the place of a Labb Chat Hook: a DMS that writes down what it gets, and stock clients. */

export const ISSUER = 'connection-1'
export const SECRET = 'the secret of the connection, as Pega shows it'
export const ORIGIN = 'https://www.example.com'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The token of one call, as DMS makes it. */
export function dmsToken({ iss = ISSUER, secret = SECRET, iat = Math.floor(Date.now() / 1000) } = {}): string {
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss, iat })}`
  return `Bearer ${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

/** DMS calls the webhook. @returns the status */
export async function callWebhook(url: string, body: unknown, authorization: string | null = dmsToken()): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) }
  const answer = await fetch(`${url}/webhook`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
  await answer.text()
  return answer.status
}

export type Dms = {
  readonly url: string
  /** Bodies that it took, in order. */
  readonly taken: Record<string, unknown>[]
  /** Headers of every request. */
  readonly headers: Record<string, unknown>[]
  /** What it answers from now on; 200 at first. */
  answer(status: number): void
  close(): Promise<void>
}

export async function openDms(): Promise<Dms> {
  const taken: Record<string, unknown>[] = []
  const headers: Record<string, unknown>[] = []
  let status = 200
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      headers.push(request.headers)
      if (status === 200) taken.push(JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>)
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    taken,
    headers,
    answer: (next) => {
      status = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

export type Heard = { readonly name: string; readonly body: unknown }
export type OldClient = {
  readonly socket: Socket
  readonly heard: Heard[]
  /** What it was told by DMS. */
  answers(): unknown[]
  failures(): unknown[]
  /** Says something, and waits for the acknowledgement. */
  say(body: unknown): Promise<unknown>
  readonly ended: Promise<string>
}

let messages = 0
export const text = (customer: string | number, said: string, over: object = {}) => ({
  type: 'text',
  customer_id: customer,
  customer_name: 'Customer',
  message_id: 1_700_000_000_000 + ++messages,
  text: [said],
  ...over
})

type ClientOptions = { readonly transport?: string; readonly origin?: string; readonly acknowledges?: boolean; readonly reconnects?: boolean }

/** A stock client, set up as Labb Chat Client does it: an address and nothing else. */
export async function connectOld(
  url: string,
  { transport = 'websocket', origin, acknowledges = true, reconnects = false }: ClientOptions = {}
): Promise<OldClient> {
  const extraHeaders: Record<string, string> = origin === undefined ? {} : { origin }
  const socket = io(url, { transports: [transport], reconnection: reconnects, forceNew: true, extraHeaders })
  const heard: Heard[] = []
  socket.on('serverMessage', (body: unknown, acknowledge?: () => void) => {
    heard.push({ name: 'serverMessage', body })
    if (acknowledges) acknowledge?.()
  })
  socket.on('serverError', (body: unknown) => heard.push({ name: 'serverError', body }))
  const ended = new Promise<string>((resolve) => socket.once('disconnect', (reason) => resolve(reason)))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('connect_error', reject)
  })
  const named = (name: string) => heard.filter((one) => one.name === name).map(({ body }) => body)
  return {
    socket,
    heard,
    ended,
    answers: () => named('serverMessage'),
    failures: () => named('serverError'),
    say: async (body) => (await socket.timeout(5_000).emitWithAck('clientMessage', body)) as unknown
  }
}
