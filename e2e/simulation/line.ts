import type { ClientFrameName, ERRORS, Hello, ServerFrame, Transport, TransportEnd, TransportEvents } from '@parley/protocol'
import { readServerFrame } from '@parley/protocol/schemas'
import type { Session } from '@parley/engine'
import { createRequests } from '../../packages/sdk/src/transports/requests.js'
import type { Chance } from './chance.js'
import type { GatewayProcess } from './gateway.js'
import type { Life } from './life.js'
import { createPipe } from './pipe.js'
import type { Profile, Weather } from './profile.js'
import type { VirtualClock } from './virtual-clock.js'

/** Socket.IO's heartbeat: who hears nothing for so long ends the line (delivery rule 7). */
const HEARTBEAT_MS = 25_000
/** Longest time that frames of an ended line stay on their way to the gateway. */
const STRAY_MS = 3_000

/** `both` is a black hole; the others are half of one. */
export type Way = 'up' | 'down' | 'both'

/** One connection between a device and a process of the gateway, with all that can happen to it. */
export interface SimulatedLine extends Transport {
  /** Both sides learn of it soon. `stray`: what the client had sent still reaches the gateway, late. */
  cut(kind: 'reset' | 'stray'): void
  /** No frame gets through, and nobody is told, until it heals or the heartbeat ends the line. */
  stall(way: Way): void
  heal(): void
  isOver(): boolean
}

export type LineParts = {
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly profile: Profile
  readonly weather: Weather
  /** The client's. */
  readonly life: Life
  readonly process: GatewayProcess
  readonly hello: Hello
  readonly events: TransportEvents
  beforeAck(life: Life): Promise<void>
  /** The gateway answered an append; what it said counts from then on. */
  onAck(payload: unknown, answer: unknown): void
}

export function createLine(parts: LineParts): SimulatedLine {
  const { clock, chance, profile, weather, life, process, events } = parts
  const delayMs = (): number => chance.between(profile.latencyMs[0], profile.latencyMs[1])
  const up = createPipe(clock, process.life, delayMs)
  const down = createPipe(clock, life, delayMs)
  const is = (probability: number): boolean => !weather.isFair && chance.is(probability)
  let isClientOver = false
  let isGatewayOver = false
  let session: Session | null = null

  function endClient(why: TransportEnd): void {
    if (isClientOver) return
    isClientOver = true
    requests.end('The line ended.')
    events.onEnd(why)
  }
  const lost = (detail: string) => (): void => endClient({ kind: 'lost', detail })

  function endGateway(): void {
    if (isGatewayOver) return
    isGatewayOver = true
    process.onEnd.delete(onProcessEnd)
    session?.end()
  }

  /** The gateway's side ends; the client hears of it behind all that was sent. */
  function hangUp(): void {
    endGateway()
    down.put(lost('The gateway ended the line.'))
  }

  function onProcessEnd(how: 'crash' | 'exit'): void {
    isGatewayOver = true
    if (how === 'crash' && chance.is(0.5)) down.cut()
    const tell = lost('The gateway is gone.')
    clock.setTimer(chance.between(0, 20), () => (down.isStalled() ? undefined : life.enter(tell)))
    clock.setTimer(HEARTBEAT_MS, () => life.enter(tell))
  }

  function deliver(frame: ServerFrame): void {
    if (isClientOver) return
    // What a real line checks is checked here, too, so that nothing passes that a client would not read.
    const read = readServerFrame(frame.name, frame.payload)
    if (read.ok !== true) throw new TypeError(`the gateway sent a ${frame.name} that is none: ${read.ok === false ? read.text : ''}`)
    events.onFrame(read.value)
  }

  function sendDown(frame: ServerFrame): void {
    const run = (): void => deliver(frame)
    if (frame.name !== 'events' || !is(profile.eventFaults)) return down.put(run)
    const fault = chance.pick(['lose', 'double', 'late'] as const)
    if (fault === 'double') down.put(run)
    if (fault === 'late') clock.setTimer(chance.between(1, 300), () => life.enter(run))
    if (fault === 'double') down.put(run)
  }

  async function receive(name: ClientFrameName, payload: unknown, onAck: (answer: unknown) => void): Promise<void> {
    if (!session || isGatewayOver) return
    try {
      const answer = await session.receive(name, payload)
      await parts.beforeAck(process.life)
      if (name === 'append') parts.onAck(payload, answer)
      if (!isGatewayOver) down.put(() => onAck(answer))
    } catch {
      sendDown({ name: 'refuse', payload: { code: 'gateway.unavailable' } })
      hangUp()
    }
  }

  /** What becomes of one frame of the client: its line may break before it or after it, or it comes twice. */
  function emit(name: ClientFrameName, payload: unknown, onAck: (answer: unknown) => void): void {
    const take = (): void => void receive(name, payload, onAck)
    if (!is(profile.clientFrameFaults)) return up.put(take)
    const fault = chance.pick(['cut before', 'cut after', 'double', 'slow'] as const)
    if (fault === 'cut before') return up.put(() => cut('reset'))
    up.put(take, fault === 'slow' ? chance.between(100, 4_000) : 0)
    if (fault === 'double') up.put(take)
    if (fault === 'cut after') up.put(() => clock.setTimer(chance.between(0, 5), () => cut('reset')))
  }

  function cut(kind: 'reset' | 'stray'): void {
    if (isClientOver && isGatewayOver) return
    if (kind === 'reset') up.cut()
    else up.stall()
    down.cut()
    clock.setTimer(chance.between(0, 30), () => life.enter(lost('The line was cut.')))
    clock.setTimer(chance.between(0, STRAY_MS), () => {
      up.release()
      process.life.enter(endGateway)
    })
  }

  function stall(way: Way): void {
    if (way !== 'down') up.stall()
    if (way !== 'up') down.stall()
    clock.setTimer(HEARTBEAT_MS, () => {
      if (up.isStalled()) process.life.enter(hangUp)
      if (!down.isStalled()) return
      life.enter(lost('ping timeout'))
      up.put(endGateway)
    })
  }

  const requests = createRequests({ clock: { now: life.now, setTimer: life.setTimer }, emit, onDead: (detail) => close(detail) })

  /** The client ends the line: the gateway hears of it behind all that was sent. */
  function close(detail: string | null): void {
    if (isClientOver) return
    up.put(endGateway)
    if (detail === null) {
      isClientOver = true
      requests.end('The line was closed.')
    } else endClient({ kind: 'lost', detail })
  }

  async function admit(): Promise<void> {
    const refuse = (error: { readonly code: keyof typeof ERRORS; readonly retryInMs?: number }): void => down.put(() => endClient({ kind: 'refused', error }))
    const line = {
      send: (frame: ServerFrame) => (isGatewayOver ? undefined : sendDown(frame)),
      isFull: () => false,
      drained: () => Promise.resolve(),
      close: (why: string) => (why === 'drain' ? void process.life.setTimer(0, hangUp) : hangUp())
    }
    try {
      const result = await process.engine.connect(line, parts.hello)
      if ('code' in result) return refuse(result)
      session = result
      if (isGatewayOver) result.end()
    } catch {
      refuse({ code: 'gateway.unavailable', retryInMs: 1_000 })
    }
  }

  process.onEnd.add(onProcessEnd)
  up.put(() => void admit())
  return {
    request: (name, payload) => requests.send(name, payload),
    close: () => close(null),
    cut,
    stall,
    heal() {
      up.release()
      down.release()
    },
    isOver: () => isClientOver && isGatewayOver
  }
}
