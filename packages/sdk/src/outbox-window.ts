import { LIMITS, type MessageId, type WireError } from '@parley/protocol'
import type { Landed, OutboxOptions } from './outbox-contract.js'
import type { OutboxItem } from './outbox-item.js'

export type WindowOptions = Pick<OutboxOptions, 'clock' | 'append' | 'cursor'> & {
  pending(): readonly OutboxItem[]
  /** Something landed, or a wait is over: perhaps more can be done. */
  pump(): void
  /** What got no answer is not sent again by itself. */
  readonly sendsOnce: boolean
  /** It was sent, and the line ended without an answer. */
  onUnknown(item: OutboxItem): void
  onAck(messageId: MessageId, ack: Landed): void
  /** @param isCurrent the line it came over is the present one */
  onRefused(item: OutboxItem, error: WireError, isCurrent: boolean): void
}

/** What is under way to the gateway. */
export interface Window {
  /** Sends what fits. */
  send(): void
  /** Nothing is under way, and no wait is on. */
  isIdle(): boolean
  /** The messages are to be sent again, from the first that has no answer. */
  again(error: WireError): void
  /** Something had a definite answer: waits begin small again. */
  landed(): void
  wait(delayMs: number): void
  resize(size: number): void
  /** From the first number on, at the next `send`. */
  restart(): void
  /** The line is gone: answers that still come are of another life. */
  pause(): void
  /** @returns is the life at this moment still the present one? */
  life(): () => boolean
}

/** Wait before a try that the gateway did not time: longer with each one in a row. */
const RETRY_STEP_MS = 500
const LONGEST_RETRY_MS = 15_000

/**
 * Messages under way. The idea: they go out in deviceSeq order, a window of them at a time. One that
 * has to be sent again makes the window wait until all that are under way have their answer, and
 * begin again at the first that has none.
 */
export function createWindow({ clock, append, cursor, pending, pump, sendsOnce, onUnknown, onAck, onRefused }: WindowOptions): Window {
  /** Which connection answers belong to. */
  let life = 0
  const underWay = new Set<OutboxItem>()
  let size: number = LIMITS.windowSize
  /** Highest number sent since the last beginning. */
  let sentTo = 0
  let mustBeginAgain = false
  let retries = 0
  let cancelWait: (() => void) | null = null

  function fly(item: OutboxItem): void {
    const mine = life
    sentTo = item.deviceSeq
    underWay.add(item)
    const land = (): boolean => {
      if (mine !== life) return false
      underWay.delete(item)
      return true
    }
    const { draft, deviceSeq, messageId, after, formerly } = item
    const others = formerly.length > 0 ? { formerly } : {}
    append({ ...draft, deviceSeq, messageId, after: Math.min(after, cursor()), ...others }).then(
      (ack) => {
        const isCurrent = land()
        if ('error' in ack) onRefused(item, ack.error, isCurrent)
        else {
          retries = 0
          onAck(messageId, ack)
        }
        pump()
      },
      () => {
        // The line ended, which a new `welcome` repairs; or it did not, then again in a while.
        if (land()) unanswered(item)
        pump()
      }
    )
  }

  function unanswered(item: OutboxItem): void {
    if (sendsOnce) onUnknown(item)
    else again({ code: 'gateway.unavailable' })
  }

  function again({ code, retryInMs }: WireError): void {
    // The answers behind a message that has to come again are gaps, of course.
    if (mustBeginAgain && code === 'append.gap') return
    const isPlainGap = code === 'append.gap' && retries === 0
    mustBeginAgain = true
    retries++
    if (!isPlainGap) wait(retryInMs ?? Math.min(LONGEST_RETRY_MS, RETRY_STEP_MS * retries))
  }

  function wait(delayMs: number): void {
    cancelWait ??= clock.setTimer(delayMs, () => {
      cancelWait = null
      pump()
    })
  }

  return {
    send() {
      if (cancelWait || (mustBeginAgain && underWay.size > 0)) return
      if (mustBeginAgain) sentTo = 0
      mustBeginAgain = false
      for (const item of pending()) {
        if (underWay.size >= size) return
        if (item.deviceSeq > sentTo) fly(item)
      }
    },
    isIdle: () => underWay.size === 0 && cancelWait === null,
    again,
    landed() {
      retries = 0
    },
    wait,
    resize(next) {
      size = next
    },
    restart() {
      sentTo = 0
    },
    pause() {
      const left = [...underWay]
      life++
      underWay.clear()
      sentTo = 0
      mustBeginAgain = false
      retries = 0
      cancelWait?.()
      cancelWait = null
      if (sendsOnce) for (const item of left) onUnknown(item)
    },
    life() {
      const mine = life
      return () => mine === life
    }
  }
}
