import { type Append, type AppendAck, ERRORS, type OpenTransport, ParleyError } from '@parley/protocol'
import type { OpenSession } from '@parley/sdk'
import type { Chance } from './chance.js'
import type { Gateway, GatewayProcess } from './gateway.js'
import type { Acked } from './history-facts.js'
import type { Life } from './life.js'
import { createLine, type SimulatedLine } from './line.js'
import type { Profile, Weather } from './profile.js'
import type { Seams } from './seams.js'
import type { VirtualClock } from './virtual-clock.js'

/** A browser gives a request up after this long; the SDK's own limit comes sooner. */
const REQUEST_MS = 60_000

/** What lies between devices and the gateway. */
export interface Network {
  openTransport(life: Life, onLine: (line: SimulatedLine) => void): OpenTransport
  openSession(life: Life): OpenSession
  /** All that the gateway ever acknowledged. */
  readonly acks: readonly Acked[]
  /** Messages that the gateway definitely refused. */
  readonly refused: ReadonlySet<string>
}

type Parts = {
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly profile: Profile
  readonly weather: Weather
  readonly gateway: Gateway
  readonly seams: Seams
  note(text: string): void
}

export function createNetwork(parts: Parts): Network {
  const { clock, chance, profile, weather, gateway, seams, note } = parts
  const acks: Acked[] = []
  const refused = new Set<string>()
  const delayMs = (): number => chance.between(profile.latencyMs[0], profile.latencyMs[1])

  function onAck(payload: unknown, answer: unknown): void {
    const { conversation, messageId, deviceSeq, type } = payload as Append
    const ack = answer as AppendAck
    note(`append ${deviceSeq} ${type} ${messageId} in ${conversation}: ${'seq' in ack ? `row ${ack.seq}` : `${ack.error.code} ${ack.error.expected ?? ''}`}`)
    // What stands elsewhere was acknowledged there.
    if ('seq' in ack && ack.elsewhere) return
    if ('seq' in ack) acks.push({ conversation, messageId, seq: ack.seq })
    else if (ERRORS[ack.error.code].then === 'stop') refused.add(messageId)
  }

  function openTransport(life: Life, onLine: (line: SimulatedLine) => void): OpenTransport {
    const open: OpenTransport = (hello, events) => {
      const process = gateway.serving()
      if (!process) return nobodyThere(life, () => events.onEnd({ kind: 'lost', detail: 'Nobody listens there.' }))
      const beforeAck = seams.beforeAck ?? (async () => {})
      const line = createLine({ clock, chance, profile, weather, life, process, hello, events, beforeAck, onAck })
      onLine(line)
      return line
    }
    return seams.transport?.(open) ?? open
  }

  function nobodyThere(life: Life, tell: () => void): ReturnType<OpenTransport> {
    const cancel = life.setTimer(delayMs(), tell)
    return { close: cancel, request: () => Promise.reject(new ParleyError('gateway.unavailable', 'Nobody listens there.')) }
  }

  function openSession(life: Life): OpenSession {
    return (request) =>
      new Promise((resolve, reject) => {
        const fail = (reason: unknown): void => void life.setTimer(delayMs(), () => reject(reason))
        const unreachable = new ParleyError('gateway.unavailable', 'The gateway cannot be reached.')
        const ask = (process: GatewayProcess): void => {
          const onEnd = (): void => fail(unreachable)
          process.onEnd.add(onEnd)
          gateway
            .openSession(process, request)
            .finally(() => process.onEnd.delete(onEnd))
            .then((answer) => {
              if (!weather.isFair && chance.is(profile.serviceFaults)) fail(unreachable)
              else life.setTimer(delayMs(), () => resolve(answer))
            }, fail)
        }
        life.setTimer(REQUEST_MS, () => reject(unreachable))
        clock.setTimer(delayMs(), () => {
          const process = gateway.serving()
          if (process) ask(process)
          else fail(unreachable)
        })
      })
  }

  return { openTransport, openSession, acks, refused }
}
