import type { Data } from './components.js'
import { keep, type PlatformState } from './state.js'

/** How a flow's steps bring something to the chat. The real components ignore the answer; it is kept for tests. */

type Reply = { readonly url: string; readonly token: string | null; readonly body: Data }

async function post(state: PlatformState, { url, token, body }: Reply, signal: AbortSignal): Promise<void> {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', ...(token === null ? {} : { 'x-parley-reply-token': token }) }
  const status = await fetch(url, { method: 'POST', headers, body: text, signal }).then(
    (response) => response.status,
    () => null
  )
  // Cut off while it was on its way: what became of it, nobody knows.
  if (!signal.aborted) keep(state.callbacks, { url, body: text, status })
}

/** To where the chat asked for it, with the run's own secret; as often as a test wants. */
export async function sendToFront(state: PlatformState, data: Data, signal: AbortSignal): Promise<void> {
  const { replyUrl, replyToken } = (data.correlation ?? {}) as { readonly replyUrl?: unknown; readonly replyToken?: unknown }
  const isKnown = !state.legacyComponents && typeof replyUrl === 'string'
  const url = isKnown ? replyUrl : state.callbackBase === null ? null : `${state.callbackBase}/oih-receiver`
  if (url === null) return
  const token = isKnown && typeof replyToken === 'string' ? replyToken : null
  for (let time = 0; time < state.faults.callbackTimes; time++) {
    signal.throwIfAborted()
    await post(state, { url, token, body: data }, signal)
  }
}

/** A result that nobody asked for, to the address that the flow was given; each run has its own id, so that one told twice is known. */
export async function sendResult(state: PlatformState, { fields, result, id }: SentResult, signal: AbortSignal): Promise<void> {
  const { replyUrl, replyToken } = fields
  if (typeof replyUrl !== 'string' || typeof replyToken !== 'string') return
  await post(state, { url: replyUrl, token: replyToken, body: { result, id } }, signal)
}
type SentResult = { readonly fields: Readonly<Record<string, unknown>>; readonly result: Data; readonly id: string }
