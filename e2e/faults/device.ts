import { type Client, type Clock, createClient as createClientOfToday, ParleyError, type TimelineItem } from '@parley/sdk'
import { createFakeEnvironment, type FakeEnvironment } from '@parley/sdk/testing'
import type { Acked, Ask, Frame, Viewer } from '../simulation/history-facts.js'
import type { FaultProxy } from '../../demo/break/fault-proxy/fault-proxy.js'

/** When a message was asked to be sent, and when the gateway's answer came. Milliseconds of `performance.now()`. */
export type Timing = { readonly askedAt: number; readonly ackedAt: number }

/** One device of a visitor: a real client behind a proxy of its own, and all that it did and showed. */
export interface Device {
  readonly name: string
  readonly proxy: FaultProxy
  readonly client: Client
  readonly environment: FakeEnvironment
  readonly asks: readonly Ask[]
  readonly acks: readonly Acked[]
  readonly timings: readonly Timing[]
  /** What its client reported as an error. */
  readonly errors: readonly string[]
  /** Sends one message with words that nobody else uses, and `more` behind them. Settles with the answer, whatever it is. */
  send(more?: string): Promise<void>
  viewer(): Viewer
  /** Confirmed items that it shows. */
  shown(): number
  /** Every item that was ever shown as confirmed. */
  seenIds(): readonly string[]
  /** Has every message an answer, and is nothing waiting in its list? */
  isAtRest(): boolean
}

export type DeviceOptions = {
  readonly name: string
  readonly proxy: FaultProxy
  readonly conversation: string
  readonly inbox: string
  readonly visitorKey: string
  /** Of this release or of another one. */
  readonly createClient?: typeof createClientOfToday
  readonly clock?: Clock
  /** An old copy of the log may be put back, so the list may begin anew. */
  readonly mayReset?: boolean
}

export function createDevice(options: DeviceOptions): Device {
  const { name, proxy, conversation, inbox, visitorKey, createClient = createClientOfToday, clock, mayReset = false } = options
  const asks: Ask[] = []
  const acks: Acked[] = []
  const timings: Timing[] = []
  const errors: string[] = []
  const frames: Frame[] = []
  const waiting = new Map<string, Ask>()
  const environment = createFakeEnvironment()
  const key = JSON.stringify({ key: visitorKey, open: true })
  let shown = 0
  let isListEmptied = true

  const client = createClient({
    url: `http://127.0.0.1:${proxy.port}`,
    inbox,
    // All devices of a visitor have the same key, whatever the address.
    storage: { keys: { getItem: () => key, setItem: () => {}, removeItem: () => {} } },
    environment,
    ...(clock ? { clock } : {})
  })
  client.on('error', (error) => errors.push(`${error.code}: ${error.message}`))
  client.conversation.$timeline.subscribe(show)

  function show(items: readonly TimelineItem[]): void {
    const confirmed = items.findLastIndex((item) => item.seq !== null) + 1
    if (mayReset && confirmed < shown) frames.push('reset')
    for (const item of items.slice(confirmed)) noteId(item)
    shown = confirmed
    isListEmptied = items.slice(confirmed).every((item) => 'status' in item && item.status === 'failed')
    frames.push(items)
  }

  /** The outbox has taken it: its id shows in the list. */
  function noteId(item: TimelineItem): void {
    const [part] = item.kind === 'message' ? item.parts : []
    const asked = part?.kind === 'text' ? waiting.get(part.text) : undefined
    if (asked) asked.messageId = item.key
  }

  async function send(more = ''): Promise<void> {
    const text = `${name}-${asks.length + 1}${more}`
    const asked: Ask = { sender: name, text, messageId: null, outcome: { kind: 'waiting' }, mayBeAbsent: false, mayAskAgain: false, isRetry: false }
    const askedAt = performance.now()
    asks.push(asked)
    waiting.set(text, asked)
    try {
      const { messageId, seq } = await client.conversation.send(text)
      timings.push({ askedAt, ackedAt: performance.now() })
      acks.push({ conversation, messageId: messageId ?? '', seq: seq ?? 0 })
      asked.messageId ??= messageId
      asked.outcome = { kind: 'sent', messageId: messageId ?? '', seq: seq ?? 0, conversation }
    } catch (reason) {
      asked.outcome = { kind: 'refused', code: ParleyError.is(reason) ? reason.code : String(reason) }
    }
    waiting.delete(text)
  }

  return {
    name,
    proxy,
    client,
    environment,
    asks,
    acks,
    timings,
    errors,
    send,
    viewer: () => ({ name, conversation, isLive: true, frames }),
    shown: () => shown,
    seenIds: () => [...new Set(frames.flatMap((frame) => (typeof frame === 'string' ? [] : frame.filter(({ seq }) => seq !== null).map((item) => item.key))))],
    isAtRest: () => waiting.size === 0 && isListEmptied
  }
}

/** How long the answers took, in ms. */
export const waitsOf = (devices: readonly Device[]): readonly number[] =>
  devices.flatMap(({ timings }) => timings.map(({ askedAt, ackedAt }) => ackedAt - askedAt))
