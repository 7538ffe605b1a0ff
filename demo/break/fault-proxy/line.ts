import type { Socket } from 'node:net'
import type { Clock } from '@parley/sdk'
import { createFlow, type Flow } from './flow.js'
import type { Direction, Toxics } from './toxics.js'

/** One client's line through the proxy. */
export interface ProxyLine {
  /** The toxics changed. */
  look(): void
  /** Ends both sides at once: by a reset, which takes what is on its way with it, or in good order. */
  cut(how: 'reset' | 'close'): void
  readonly flows: Readonly<Record<Direction, Flow>>
}

export type LineOptions = {
  readonly client: Socket
  readonly target: Socket
  readonly clock: Clock
  toxics(direction: Direction): Toxics
  fraction(): number
  onEnd(): void
}

/** So much waits in a direction before its source is told to stop, as a network's own buffers would. */
const MOST_HELD_BYTES = 1_048_576

export function openLine({ client, target, clock, toxics, fraction, onEnd }: LineOptions): ProxyLine {
  const pump = (direction: Direction, source: Socket, sink: Socket): Pump =>
    createPump({ source, sink, clock, toxics: () => toxics(direction), fraction, onFinish: cut })
  const pumps = { up: pump('up', client, target), down: pump('down', target, client) }

  function cut(how: 'reset' | 'close'): void {
    for (const socket of [client, target]) {
      if (how === 'close') socket.destroySoon()
      // A socket that is still being opened can only be dropped.
      else if (socket.connecting) socket.destroy()
      else socket.resetAndDestroy()
    }
  }

  for (const socket of [client, target]) {
    socket.once('close', () => {
      if (!client.destroyed || !target.destroyed) return
      pumps.up.stop()
      pumps.down.stop()
      onEnd()
    })
  }
  return {
    cut,
    look() {
      pumps.up.run()
      pumps.down.run()
    },
    flows: { up: pumps.up.flow, down: pumps.down.flow }
  }
}

interface Pump {
  readonly flow: Flow
  run(): void
  stop(): void
}

type PumpOptions = Pick<LineOptions, 'clock' | 'fraction'> & {
  readonly source: Socket
  readonly sink: Socket
  toxics(): Toxics
  onFinish(how: 'reset' | 'close'): void
}

/** Carries out what the flow says, for one direction. */
function createPump({ source, sink, clock, toxics, fraction, onFinish }: PumpOptions): Pump {
  const flow = createFlow({ now: clock.now, toxics, fraction })
  let cancelTimer = () => {}
  let isBlocked = false
  let hasEnded = false

  function run(): void {
    cancelTimer()
    while (!isBlocked && !sink.destroyed) {
      const step = flow.next(clock.now(), toxics())
      if (step.kind === 'pass') {
        isBlocked = !sink.write(step.bytes)
        continue
      }
      if (step.kind === 'finish') finish(step.how)
      else if (step.untilMs !== null) cancelTimer = clock.setTimer(Math.max(0, step.untilMs - clock.now()), run)
      break
    }
    if (source.isPaused() && flow.held() < MOST_HELD_BYTES) source.resume()
  }

  function finish(how: 'end' | 'close' | 'reset'): void {
    if (how === 'end') sink.end()
    else onFinish(how)
  }

  function ended(how: 'end' | 'reset'): void {
    if (hasEnded) return
    hasEnded = true
    flow.end(how)
    run()
  }

  source.setNoDelay(true)
  source.on('data', (bytes) => {
    flow.push(bytes)
    if (flow.held() >= MOST_HELD_BYTES) source.pause()
    run()
  })
  source.once('end', () => ended('end'))
  // A reset is told as an error first; either way the close follows.
  source.on('error', () => {})
  source.once('close', () => ended('reset'))
  sink.on('drain', () => {
    isBlocked = false
    run()
  })
  run()
  return { flow, run, stop: () => cancelTimer() }
}
