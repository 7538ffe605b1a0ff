import type { Toxics } from './toxics.js'

/** What is to be done next in one direction of a line. `untilMs`: look again then; `null`: when something changes. */
export type Step =
  | { readonly kind: 'wait'; readonly untilMs: number | null }
  | { readonly kind: 'pass'; readonly bytes: Uint8Array }
  /** `end`: the source has ended; `close`: both sides are closed; `reset`: both sides are reset. */
  | { readonly kind: 'finish'; readonly how: 'end' | 'close' | 'reset' }

/** Bytes on their way in one direction of one line, and what the toxics do to them. Does no I/O. */
export interface Flow {
  push(bytes: Uint8Array): void
  /** The source ended, in good order or by a reset: told behind the bytes. */
  end(how: 'end' | 'reset'): void
  next(nowMs: number, toxics: Toxics): Step
  /** Bytes that came and have not passed. */
  held(): number
  /** Bytes that went through. */
  passed(): number
}

type Mark = 'end' | 'reset'
type Held = { readonly what: Uint8Array | Mark; readonly arrivedAt: number; readonly dueAt: number }
export type FlowOptions = { now(): number; toxics(): Toxics /** From 0 up to 1. */; fraction(): number }

/** With a bandwidth, bytes go in so many pieces a second. */
const PIECES_PER_S = 20
const earliest = (...times: readonly (number | null)[]): number | null => {
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/**
 * The idea: what arrives gets the moment it is due, and waits in order; `next` looks at the first
 * alone, cuts off as much of it as may pass now, and says when to look again.
 */
export function createFlow({ now, toxics: toxicsNow, fraction }: FlowOptions): Flow {
  const openedAt = now()
  const waiting: Held[] = []
  let held = 0
  let passed = 0
  let lastDueAt = 0
  /** When the next piece may leave, by bandwidth and slicer. */
  let freeAt = 0

  /** A whole number within `vary` of the middle. */
  const around = (middle: number, vary = 0): number => Math.round(middle + vary * (2 * fraction() - 1))

  function arrive(what: Uint8Array | Mark): void {
    const { latency } = toxicsNow()
    const arrivedAt = now()
    const dueAt = latency ? Math.max(lastDueAt, arrivedAt + Math.max(0, around(latency.delayMs, latency.jitterMs))) : arrivedAt
    lastDueAt = dueAt
    waiting.push({ what, arrivedAt, dueAt })
  }

  function take(size: number): Uint8Array {
    const first = waiting[0]
    if (!first || typeof first.what === 'string') return new Uint8Array()
    const bytes = first.what.subarray(0, size)
    if (size >= first.what.length) waiting.shift()
    else waiting[0] = { ...first, what: first.what.subarray(size) }
    held -= bytes.length
    passed += bytes.length
    return bytes
  }

  function sizeNow(length: number, { slicer, bandwidth, limitData }: Toxics): number {
    const slice = slicer ? Math.max(1, around(slicer.bytes, slicer.varyBytes)) : length
    const share = bandwidth ? Math.max(1, Math.ceil(bandwidth.bytesPerS / PIECES_PER_S)) : length
    return Math.min(length, slice, share, limitData ? limitData.bytes - passed : length)
  }

  function passSome(length: number, nowMs: number, toxics: Toxics): Step {
    const bytes = take(sizeNow(length, toxics))
    const { bandwidth, slicer } = toxics
    freeAt = nowMs + (bandwidth ? (bytes.length * 1_000) / bandwidth.bytesPerS : 0) + (slicer?.pauseMs ?? 0)
    return { kind: 'pass', bytes }
  }

  function nextOfQueue(nowMs: number, toxics: Toxics, deadline: number | null): Step {
    const [first] = waiting
    if (!first) return { kind: 'wait', untilMs: deadline }
    const isMark = typeof first.what === 'string'
    const readyAt = Math.max(
      toxics.latency ? first.dueAt : first.arrivedAt,
      toxics.bandwidth || toxics.slicer ? freeAt : 0,
      isMark && toxics.slowClose ? first.arrivedAt + toxics.slowClose.delayMs : 0
    )
    if (nowMs < readyAt) return { kind: 'wait', untilMs: earliest(readyAt, deadline) }
    if (typeof first.what !== 'string') return passSome(first.what.length, nowMs, toxics)
    waiting.shift()
    return { kind: 'finish', how: first.what }
  }

  return {
    push(bytes) {
      held += bytes.length
      arrive(bytes)
    },
    end: arrive,
    next(nowMs, toxics) {
      const { resetPeer, timeout, limitData } = toxics
      const resetAt = resetPeer ? Math.max(openedAt, resetPeer.setAt) + (resetPeer.afterMs ?? 0) : null
      const closeAt = timeout?.afterMs === undefined ? null : Math.max(openedAt, timeout.setAt) + timeout.afterMs
      if (resetAt !== null && nowMs >= resetAt) return { kind: 'finish', how: 'reset' }
      if (closeAt !== null && nowMs >= closeAt) return { kind: 'finish', how: 'close' }
      if (limitData && passed >= limitData.bytes) return { kind: 'finish', how: 'close' }
      const deadline = earliest(resetAt, closeAt)
      return timeout ? { kind: 'wait', untilMs: deadline } : nextOfQueue(nowMs, toxics, deadline)
    },
    held: () => held,
    passed: () => passed
  }
}
