import type { SessionAnswer, WireError } from '@parley/protocol'
import { readErrorAnswer, readSessionAnswer } from '@parley/protocol/schemas'
import { Broken, shown } from '../check.js'
import { CannotProve, type Options } from '../options.js'

/** The gateway's addresses, asked over plain HTTP. */
export interface Entrance {
  readonly url: string
  readonly inbox: string
  readonly timeoutMs: number
  ask(path: string, init?: RequestInit): Promise<HttpAnswer>
  postJson(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>
  /** @throws Broken when there is no session for it */
  openSession(key: string): Promise<SessionAnswer>
}
export type HttpAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string /** `undefined` for what is no JSON. */
  readonly value: unknown
}

export function createEntrance({ url, timeoutMs, gateway: { inbox } }: Options): Entrance {
  async function ask(path: string, init: RequestInit = {}): Promise<HttpAnswer> {
    const response = await fetch(`${url}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs), ...init })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, value: parsed(text) }
  }
  const postJson: Entrance['postJson'] = (path, body, headers = {}) =>
    ask(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

  return {
    url,
    inbox,
    timeoutMs,
    ask,
    postJson,
    async openSession(visitorKey) {
      const answer = await postJson('/session', { inbox, visitorKey })
      const read = readSessionAnswer(answer.value)
      if (answer.status === 200 && read.ok) return read.value
      throw new Broken(`status ${answer.status} and ${shown(answer.text)}`, 'status 200 and { "token", "expiresInS", "conversation" }')
    }
  }
}

/** @throws CannotProve where nobody may come in, because nothing could be tried then */
export async function demandEntering(entrance: Entrance, visitorKey: string): Promise<void> {
  const answer = await entrance.postJson('/session', { inbox: entrance.inbox, visitorKey })
  const error = errorOf(answer)
  if (error?.code === 'inbox.unknown') throw new CannotProve(`The gateway has no inbox "${entrance.inbox}": name one that it has with --inbox.`)
  if (error?.code === 'identity.required')
    throw new CannotProve(`Nobody enters the inbox "${entrance.inbox}" without an identity: name one that anybody may enter with --inbox.`)
}

export function errorOf({ value }: HttpAnswer): WireError | null {
  const read = readErrorAnswer(value)
  return read.ok ? read.value.error : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
