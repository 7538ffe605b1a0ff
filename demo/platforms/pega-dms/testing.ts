import { createServer, type Server } from 'node:http'
import { createFakeClock, type FakeClock } from '@parley/engine/contracts'
import { close, urlOf } from '../host/server.js'
import { type PegaDms, type PegaDmsOptions, startPegaDms } from './index.js'
import { signToken } from './jwt.js'

/** For tests: the platform with time that stands still, somebody who takes its webhooks, and short ways to be a customer. */

export type TakenWebhook = { readonly authorization: string | undefined; readonly body: Readonly<Record<string, unknown>> }
type TakerAnswer = number | 'cut' | 'never'
export interface WebhookTaker {
  readonly url: string
  readonly taken: readonly TakenWebhook[]
  /** What the next ones are answered, in order; then 200 again. `cut`: the connection ends; `never`: it stays open. */
  answerWith(...answers: readonly TakerAnswer[]): void
  /** Settles once so many have come since the beginning. */
  waitFor(count: number): Promise<readonly TakenWebhook[]>
  stop(): Promise<void>
}

async function startWebhookTaker(): Promise<WebhookTaker> {
  const taken: TakenWebhook[] = []
  const answers: TakerAnswer[] = []
  let waiting: readonly { readonly count: number; readonly resolve: () => void }[] = []
  const server: Server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += String(piece)
    taken.push({ authorization: request.headers.authorization, body: JSON.parse(text) })
    const answer = answers.shift() ?? 200
    if (answer === 'cut') request.socket.destroy()
    else if (answer !== 'never') response.writeHead(answer).end()
    for (const { resolve } of waiting.filter(({ count }) => count <= taken.length)) resolve()
    waiting = waiting.filter(({ count }) => count > taken.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${urlOf(server)}/webhook`,
    taken,
    answerWith: (...wanted) => void answers.push(...wanted),
    async waitFor(count) {
      if (taken.length < count) await new Promise<void>((resolve) => (waiting = [...waiting, { count, resolve }]))
      return taken
    },
    stop: () => close(server)
  }
}

export type PegaBench = {
  readonly platform: PegaDms
  readonly clock: FakeClock
  readonly hook: WebhookTaker
  /** Posts as a customer's side does. @returns status and body as text */
  post(body: unknown, headers?: Readonly<Record<string, string | null>>): Promise<readonly [status: number, body: string]>
  /** A customer writes. @returns status */
  says(customer: string, text: string, more?: Readonly<Record<string, unknown>>): Promise<number>
  /** The types of what came to the webhook, in order, once there are so many. */
  typesOf(count: number): Promise<readonly unknown[]>
  stop(): Promise<void>
}

/** A token as a customer's side makes it, `ageS` seconds old. */
export const tokenFor = ({ issuer, secret }: Pick<PegaDms, 'issuer' | 'secret'>, now: number, ageS = 0): string =>
  `Bearer ${signToken({ issuer, secret, now: now - ageS * 1_000 })}`

export async function openPegaBench(options: PegaDmsOptions = {}): Promise<PegaBench> {
  const clock = createFakeClock()
  const hook = await startWebhookTaker()
  const platform = await startPegaDms({ clock, stepMs: 1_000, webhook: { url: hook.url }, ...options })
  let count = 0

  const post: PegaBench['post'] = async (body, headers = {}) => {
    const all = { 'content-type': 'application/json', connection_id: platform.issuer, authorization: tokenFor(platform, clock.now()), ...headers }
    const response = await fetch(platform.messagesUrl, {
      method: 'POST',
      headers: Object.entries(all).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])),
      body: typeof body === 'string' ? body : JSON.stringify(body)
    })
    return [response.status, await response.text()]
  }
  return {
    platform,
    clock,
    hook,
    post,
    async says(customer, text, more = {}) {
      const [status] = await post({ type: 'text', customer_id: customer, customer_name: 'Mara', message_id: `m-${++count}`, text: [text], ...more })
      return status
    },
    async typesOf(wanted) {
      return (await hook.waitFor(wanted)).map(({ body }) => body.type)
    },
    async stop() {
      await platform.stop()
      await hook.stop()
    }
  }
}
