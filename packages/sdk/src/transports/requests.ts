import type { ClientFrameName, ClientFrames } from '@parley/protocol'
import { readAck } from '@parley/protocol/schemas'
import type { Clock } from '../clock.js'
import { unavailable } from '../errors.js'
import { createPatience } from './patience.js'

/** A line that does not answer a probe in this time is dead. Source: delivery rule 7. */
const PROBE_MS = 2_000
/** Even on a line that lives, a frame is not waited for longer. */
const LONGEST_MS = 15_000

export type RequestsOptions = {
  readonly clock: Clock
  /** Puts a frame on the line; `onAck` gets whatever comes back. */
  emit(name: ClientFrameName, payload: unknown, onAck: (answer: unknown) => void): void
  /** The line is dead. */
  onDead(detail: string): void
}

export interface Requests {
  send<Name extends ClientFrameName>(name: Name, payload: ClientFrames[Name]['payload']): Promise<ClientFrames[Name]['ack']>
  /** The line ended: whatever waits gets no answer. */
  end(detail: string): void
}

type Waiting = { readonly reject: (reason: unknown) => void; cancelTimer: () => void }

/**
 * Frames that wait for their answer. The idea: one that is late makes the line be probed; a probe
 * that is not answered ends the line, and so does a frame that is not answered on a line that lives.
 */
export function createRequests({ clock, emit, onDead }: RequestsOptions): Requests {
  const patience = createPatience()
  const waiting = new Set<Waiting>()
  let endedBy: string | null = null

  function end(detail: string): void {
    endedBy ??= detail
    for (const one of waiting) {
      one.cancelTimer()
      one.reject(unavailable(detail))
    }
    waiting.clear()
  }

  function send<Name extends ClientFrameName>(name: Name, payload: ClientFrames[Name]['payload']): Promise<ClientFrames[Name]['ack']> {
    return new Promise((resolve, reject) => {
      if (endedBy !== null) return reject(unavailable(endedBy))
      const sentAt = clock.now()
      const one: Waiting = { reject, cancelTimer: () => {} }
      const timeoutMs = name === 'probe' ? PROBE_MS : patience.timeoutMs()
      one.cancelTimer = clock.setTimer(timeoutMs, () => (name === 'probe' ? onDead('The line does not answer.') : doubt(one, sentAt)))
      waiting.add(one)
      emit(name, payload, (answer) => {
        if (!waiting.delete(one)) return
        one.cancelTimer()
        const ack = readAck(answer)
        if (!ack.ok) return reject(unavailable(`The gateway answered ${name} with what is no answer: ${ack.text}`))
        patience.measured(clock.now() - sentAt)
        resolve(ack.value as ClientFrames[Name]['ack'])
      })
    })
  }

  function doubt(one: Waiting, sentAt: number): void {
    const leftMs = LONGEST_MS - (clock.now() - sentAt)
    if (leftMs <= 0) return onDead('The gateway did not answer in time.')
    one.cancelTimer = clock.setTimer(leftMs, () => onDead('The gateway did not answer in time.'))
    // The probe's own end is told to all by `onDead`.
    send('probe', {}).catch(() => {})
  }

  return { send, end }
}
