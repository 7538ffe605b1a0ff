import type { ConnectorPort } from '@parley/engine'
import type { DmsOut } from '../dms/types.js'
import type { HookSocket } from './types.js'

/** The connection to the hook, opened again for as long as the connector runs. */
export interface HookLine {
  start(): void
  isUp(): boolean
  /** Settles when it is up, or after this long. @returns is it? */
  whenUp(withinMs: number): Promise<boolean>
  send(body: DmsOut, onAck: () => void): void
  /** Settles when what was sent has had the time to arrive. */
  stop(): Promise<void>
  /** What the socket told. */
  wentUp(): void
  wentDown(reason: string): void
}

type Options = {
  readonly port: Pick<ConnectorPort, 'inbox' | 'clock' | 'log' | 'reachable'>
  readonly socket: HookSocket
  readonly random: () => number
  /** What was under way has no end any more. */
  onDown(): void
}

const SHORTEST_MS = 500
const LONGEST_MS = 30_000
/** A connection that held so long was a good one: waits begin small again. */
const GOOD_AFTER_MS = 10_000
/** A Socket.IO server passes over what comes together with the goodbye, so that waits this long. */
const LEAVE_AFTER_MS = 500

export function createHookLine({ port: { inbox, clock, log, reachable }, socket, random, onDown }: Options): HookLine {
  let isStopped = true
  let tries = 0
  let sentAt = Number.NEGATIVE_INFINITY
  let upAt = Number.POSITIVE_INFINITY
  let cancelTry = (): void => {}
  let waiting: readonly ((isUp: boolean) => void)[] = []

  /** Half of the wait is chance, so that pages dropped together do not come back together. */
  function later(): void {
    const waitMs = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** tries++) * (0.5 + random() / 2)
    cancelTry()
    cancelTry = clock.setTimer(waitMs, () => socket.open())
  }

  function tell(isUp: boolean): void {
    const told = waiting
    waiting = []
    for (const settle of told) settle(isUp)
  }

  return {
    start() {
      if (!isStopped) return
      isStopped = false
      tries = 0
      reachable(false)
      socket.open()
    },
    isUp: () => !isStopped && socket.isUp(),
    whenUp(withinMs) {
      if (isStopped || socket.isUp()) return Promise.resolve(!isStopped)
      return new Promise((resolve) => {
        const cancel = clock.setTimer(withinMs, () => {
          waiting = waiting.filter((one) => one !== settle)
          resolve(false)
        })
        const settle = (isUp: boolean): void => {
          cancel()
          resolve(isUp)
        }
        waiting = [...waiting, settle]
      })
    },
    send(body, onAck) {
      sentAt = clock.now()
      socket.send(body, onAck)
    },
    async stop() {
      if (isStopped) return
      isStopped = true
      cancelTry()
      tell(false)
      onDown()
      const leftMs = sentAt + LEAVE_AFTER_MS - clock.now()
      if (socket.isUp() && leftMs > 0) await new Promise<void>((resolve) => clock.setTimer(leftMs, resolve))
      socket.close()
    },
    wentUp() {
      if (isStopped) return
      upAt = clock.now()
      reachable(true)
      tell(true)
    },
    wentDown(reason) {
      if (isStopped) return
      if (clock.now() - upAt >= GOOD_AFTER_MS) tries = 0
      if (upAt !== Number.POSITIVE_INFINITY) log.warn({ inbox, reason }, 'the connection to the hook was lost')
      upAt = Number.POSITIVE_INFINITY
      reachable(false)
      onDown()
      later()
    }
  }
}
