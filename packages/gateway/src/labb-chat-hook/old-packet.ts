import type { Clock } from '@parley/engine'
import type { Socket } from 'socket.io'

/** A client's event taken apart. `answer` is absent when the client asked for none; `fault`: what it is not. */
export type OldPacket = {
  readonly value: unknown
  readonly fault: string | null
  readonly answer: ((answer: { readonly ok: true } | { readonly error: string }) => void) | undefined
}

export function readOldPacket(event: readonly unknown[]): OldPacket {
  const [name, ...rest] = event
  const last = rest.at(-1)
  const answer = typeof last === 'function' ? (last as NonNullable<OldPacket['answer']>) : undefined
  const values = answer ? rest.slice(0, -1) : rest
  return { value: values[0], fault: faultOf(name, values.length), answer }
}

function faultOf(name: unknown, values: number): string | null {
  if (name !== 'clientMessage')
    return `This connection takes "clientMessage" only; found ${typeof name === 'string' ? JSON.stringify(name.slice(0, 40)) : 'no name'}.`
  return values === 1 ? null : `A "clientMessage" has exactly one object; found ${values} values.`
}

/** Who asks for no acknowledgement is told by an event; so many of these a second, however much is wrong. */
const LEAST_BETWEEN_MS = 1_000

/** Answers a client: by its acknowledgement, or with `serverError` what it would not hear otherwise. */
export function answerOf(socket: Socket, clock: Pick<Clock, 'now'>): (packet: OldPacket, error: string | null) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return ({ answer }, error) => {
    if (answer) return answer(error === null ? { ok: true } : { error })
    if (error === null || Math.abs(clock.now() - toldAt) < LEAST_BETWEEN_MS) return
    toldAt = clock.now()
    socket.emit('serverError', error)
  }
}
