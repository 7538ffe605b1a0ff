import type { ClientFrameName, Transport, TransportEnd, TransportEvents } from '@parley/protocol'
import { readServerFrame } from '@parley/protocol/schemas'
import type { Clock } from '../clock.js'
import { createRequests } from './requests.js'

type LineOptions = {
  readonly clock: Clock
  readonly events: TransportEvents
  /** May a frame be put on it now? */
  isOpen(): boolean
  /** Puts a frame on it; `onAck` gets whatever comes back. */
  emit(name: ClientFrameName, payload: unknown, onAck: (answer: unknown) => void): void
  /** Lets go of what lies beneath; called once. */
  drop(): void
}

/** What all ways have in common: frames are checked, the end is told once, and nothing is kept for later. */
export interface Line {
  readonly transport: Transport
  isOver(): boolean
  /** An event of the gateway. */
  receive(name: string, payload: unknown): void
  /** The gateway did not admit: with its own refusal as `data`, or for a reason of the line. */
  refused(text: string, data: unknown): void
  lost(detail: string): void
}

export function createLine({ clock, events, isOpen, emit, drop }: LineOptions): Line {
  let isOver = false
  const requests = createRequests({ clock, emit, onDead: lost })

  function finish(detail: string): void {
    isOver = true
    drop()
    requests.end(detail)
  }

  function end(why: TransportEnd): void {
    if (isOver) return
    finish(why.kind === 'lost' ? why.detail : 'The gateway refused.')
    events.onEnd(why)
  }

  function lost(detail: string): void {
    end({ kind: 'lost', detail })
  }

  return {
    isOver: () => isOver,
    // A frame that is unknown, binary or not as its kind wants is passed by: a hole in the log shows by its numbers.
    receive(name, payload) {
      const frame = readServerFrame(name, payload)
      if (frame.ok === true && !isOver) events.onFrame(frame.value)
    },
    refused(text, data) {
      const refusal = readServerFrame('refuse', data)
      if (refusal.ok === true && refusal.value.name === 'refuse') end({ kind: 'refused', error: refusal.value.payload })
      else lost(`No connection: ${text}.`)
    },
    lost,
    transport: {
      request(name, payload) {
        if (!isOver && !isOpen()) lost('The connection is not open.')
        return requests.send(name, payload)
      },
      close() {
        if (!isOver) finish('The connection was closed.')
      }
    }
  }
}
