import type { SentState, State, WireBody } from './state.js'
import { postWebhook } from './webhook-post.js'

/**
 * Brings messages to a customer's side: one at a time and in order for each customer, tried again when the other side is out
 * of reach or has a fault of its own, never when it refuses. What is broken on purpose is broken here.
 */
export interface WebhookSender {
  /**
   * @param entry number of the line that shows what becomes of it; `null` for what is passing, as typing: that is tried once
   * @returns how it ended
   */
  send(customerId: string, body: WireBody, entry: number | null): Promise<SentState>
  stop(): void
}
type Outgoing = { readonly body: WireBody; readonly entry: number | null }
type Held = { release(): void }

const WAITS_MS = [1_000, 2_000, 5_000, 10_000, 30_000]
/** What is held back to come too late comes after this many steps if nothing else does. */
const HELD_STEPS = 4

export function createWebhookSender(state: State): WebhookSender {
  const stopping = new AbortController()
  const lines = new Map<string, Promise<unknown>>()
  const held = new Map<string, Held>()

  function enqueue(customerId: string, outgoing: Outgoing): Promise<SentState> {
    const before = lines.get(customerId) ?? Promise.resolve()
    const sent = before.then(() => deliver(outgoing))
    lines.set(customerId, sent)
    return sent
  }

  function hold(customerId: string, outgoing: Outgoing): Promise<SentState> {
    return new Promise((resolve) => {
      const release = (): void => {
        held.delete(customerId)
        cancel()
        resolve(enqueue(customerId, outgoing))
      }
      const cancel = state.clock.setTimer(HELD_STEPS * state.stepMs, release)
      held.set(customerId, { release })
    })
  }

  async function deliver({ body, entry }: Outgoing): Promise<SentState> {
    const tell = (sent: SentState): SentState => {
      if (entry !== null) state.setSent(entry, sent)
      return sent
    }
    if (state.faults.lateMs > 0) await pause(state.faults.lateMs)
    for (let attempts = 1; ; attempts++) {
      const status = stopping.signal.aborted ? null : await postWebhook(state, body, stopping.signal)
      if (status !== null && status < 300) {
        if (state.faults.has('double')) await postWebhook(state, body, stopping.signal)
        return tell({ state: 'delivered', status, attempts })
      }
      if (status !== null && !isWorthAnother(status)) return tell({ state: 'refused', status, attempts })
      const waitMs = entry === null || stopping.signal.aborted ? undefined : WAITS_MS[attempts - 1]
      if (waitMs === undefined) return tell({ state: 'lost', status, attempts })
      tell({ state: 'retrying', status, attempts })
      await pause(waitMs)
    }
  }

  /** Ends early when the platform does. */
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel()
        stopping.signal.removeEventListener('abort', finish)
        resolve()
      }
      const cancel = state.clock.setTimer(ms, finish)
      stopping.signal.addEventListener('abort', finish)
    })
  }

  return {
    send(customerId, body, entry) {
      const outgoing = { body, entry }
      const waiting = held.get(customerId)
      if (entry !== null && !waiting && state.faults.has('reordered')) return hold(customerId, outgoing)
      const sent = enqueue(customerId, outgoing)
      if (entry !== null) waiting?.release()
      return sent
    },
    stop() {
      stopping.abort()
      for (const { release } of [...held.values()]) release()
    }
  }
}

const isWorthAnother = (status: number): boolean => status >= 500 || status === 408 || status === 429
