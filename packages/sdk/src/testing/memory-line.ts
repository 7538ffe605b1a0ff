import type { ClientFrameName, Hello, OpenTransport, ServerFrameName, ServerFrames, TransportEnd } from '@parley/protocol'
import { readServerFrame } from '@parley/protocol/schemas'
import type { Clock } from '../clock.js'
import { createRequests } from '../transports/requests.js'

/**
 * What becomes of a frame of the client: `lose` it, or its answer (`loseAck`), as on a line that is
 * half open; or `cut` the line before the gateway has it, or after (`cutAck`).
 */
export type Fate = 'pass' | 'lose' | 'loseAck' | 'cut' | 'cutAck'

/** Faults of a line; change them at any time. */
export type LineFaults = { delayMs: () => number; fate: (name: ClientFrameName) => Fate }

/** The gateway's end of a line. */
export interface GatewayLine {
  readonly hello: Hello
  send<Name extends ServerFrameName>(name: Name, payload: ServerFrames[Name]): void
  end(why: TransportEnd): void
}

export type GatewayEnd = {
  /** A client connects. What it sends goes to the function returned; `onAck` answers it. */
  accept(line: GatewayLine): (name: ClientFrameName, payload: unknown, onAck: (answer: unknown) => void) => void
  gone(line: GatewayLine): void
}

type Options = { readonly clock: Clock; readonly faults: LineFaults; readonly gateway: GatewayEnd }

/** A transport without a network: frames arrive in order, as late and as seldom as `faults` say. */
export const memoryLine =
  ({ clock, faults, gateway }: Options): OpenTransport =>
  (hello, events) => {
    let isOver = false
    const later = { toGateway: inOrder(clock, faults), toClient: inOrder(clock, faults) }
    const requests = createRequests({ clock, emit, onDead: (detail) => end({ kind: 'lost', detail }) })
    const line: GatewayLine = {
      hello: structuredClone(hello),
      send: (name, payload) => later.toClient(() => deliver(name, payload)),
      end: (why) => later.toClient(() => end(why))
    }
    let receive: ReturnType<GatewayEnd['accept']> = () => {}
    later.toGateway(() => {
      if (!isOver) receive = gateway.accept(line)
    })

    function finish(detail: string): void {
      if (isOver) return
      isOver = true
      gateway.gone(line)
      requests.end(detail)
    }

    function end(why: TransportEnd): void {
      if (isOver) return
      finish('The line ended.')
      events.onEnd(why)
    }

    function deliver(name: ServerFrameName, payload: unknown): void {
      const frame = readServerFrame(name, structuredClone(payload))
      if (frame.ok !== true) throw new TypeError(`The script sent a ${name} that is none: ${frame.ok === false ? frame.text : ''}`)
      if (!isOver) events.onFrame(frame.value)
    }

    function emit(name: ClientFrameName, payload: unknown, onAck: (answer: unknown) => void): void {
      const fate = faults.fate(name)
      const cut = () => end({ kind: 'lost', detail: 'The line was cut.' })
      if (fate === 'lose') return
      later.toGateway(() => {
        if (isOver) return
        if (fate === 'cut') return cut()
        receive(name, structuredClone(payload), (answer) => {
          if (fate === 'cutAck') return cut()
          if (fate === 'pass') later.toClient(() => onAck(structuredClone(answer)))
        })
      })
    }

    return { request: (name, payload) => requests.send(name, payload), close: () => finish('The line was closed.') }
  }

/** One direction: what is put in later never comes out sooner. */
function inOrder(clock: Clock, faults: LineFaults): (run: () => void) => void {
  let lastAt = 0
  return (run) => {
    lastAt = Math.max(lastAt, clock.now() + faults.delayMs())
    clock.setTimer(lastAt - clock.now(), run)
  }
}
