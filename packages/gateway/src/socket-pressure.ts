import type { Clock } from '@parley/engine'

/** Above this a line is full: what can be had again later is not sent. Source: rule 10 of the delivery rules, 1 MiB. */
const FULL_ABOVE_BYTES = 1_048_576
/** Below this a full line has room again: one more page of the log keeps it well under the limit. */
const ROOM_BELOW_BYTES = 262_144
/** So much may wait for one slow reader, then it is cut off; it resumes from its cursor. */
const MOST_BYTES = 4 * 1_048_576
/** So long may a full line take nothing. */
const LONGEST_STALL_MS = 30_000

/** What one connection has been given and the kernel has not taken. It counts and decides; it moves nothing. */
export interface Pressure {
  /** Bytes that wait now. */
  waitingBytes(): number
  isFull(): boolean
  /** Settles when there is room, or after `end()`. */
  drained(): Promise<void>
  /** A packet was made. */
  given(bytes: number): void
  /** All packets made so far went to the transport. */
  handedOver(): void
  /** The kernel has taken what the transport had. */
  taken(): void
  /** The connection is gone. */
  end(): void
}

export type PressureEvents = {
  /** Too much waits: it is full from now on. */
  onFull(): void
  /** Called once, when the connection is to be cut off. */
  onSlow(): void
}

export function createPressure(clock: Pick<Clock, 'setTimer'>, { onFull, onSlow }: PressureEvents): Pressure {
  let buffered = 0
  let underWay = 0
  let isFull = false
  let isOver = false
  let cancelStall = (): void => {}
  let waiters: (() => void)[] = []

  function release(): void {
    isFull = false
    cancelStall()
    const released = waiters
    waiters = []
    for (const settle of released) settle()
  }

  function watchStall(): void {
    cancelStall()
    cancelStall = clock.setTimer(LONGEST_STALL_MS, cut)
  }

  function end(): void {
    isOver = true
    release()
  }

  function cut(): void {
    if (isOver) return
    end()
    onSlow()
  }

  return {
    waitingBytes: () => buffered + underWay,
    isFull: () => isFull,
    drained: () => (isFull ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve()),
    given(bytes) {
      buffered += bytes
      if (isOver || buffered + underWay <= FULL_ABOVE_BYTES) return
      if (buffered + underWay > MOST_BYTES) return cut()
      if (isFull) return
      isFull = true
      onFull()
      watchStall()
    },
    handedOver() {
      underWay += buffered
      buffered = 0
    },
    taken() {
      underWay = 0
      if (!isFull) return
      if (buffered < ROOM_BELOW_BYTES) release()
      else watchStall()
    },
    end
  }
}
