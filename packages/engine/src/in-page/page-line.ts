import { type Hello, ParleyError, type Transport, type TransportEnd, type TransportEvents, type WireError } from '@parley/protocol'
import { reasonOf } from '../host.js'
import type { Line } from '../line.js'
import type { Session } from '../session.js'
import { createTurns } from './turns.js'

export type PageLineOptions = {
  /** Settles when there is somebody to connect to. */
  ready(): Promise<void>
  connect(line: Line, hello: unknown): Promise<Session | WireError>
  /** Runs once when the present turn is over. */
  defer(run: () => void): void
  onOver(line: PageLine): void
}

export interface PageLine {
  readonly transport: Transport
  /** What was said before is still heard, then the line is lost. */
  lose(detail: string): void
}

/**
 * A line without a network: frames are copied, and arrive later and in order, as they would from elsewhere, so that
 * neither side sees the other change what it holds.
 */
export function openPageLine(hello: Hello, events: TransportEvents, options: PageLineOptions): PageLine {
  const { defer, onOver } = options
  const toClient = createTurns(defer)
  const unanswered = new Set<(reason: ParleyError) => void>()
  let session: Session | null = null
  let isOver = false

  function finish(detail: string): boolean {
    if (isOver) return false
    isOver = true
    session?.end()
    for (const reject of unanswered) reject(unavailable(detail))
    unanswered.clear()
    onOver(pageLine)
    return true
  }

  function end(why: TransportEnd): void {
    if (finish(why.kind === 'lost' ? why.detail : 'The host refused.')) events.onEnd(why)
  }

  function lose(detail: string): void {
    toClient.runAll()
    end({ kind: 'lost', detail })
  }

  const line: Line = {
    send(frame) {
      const copy = structuredClone(frame)
      toClient.add(() => {
        if (!isOver) events.onFrame(copy)
      })
    },
    isFull: () => false,
    drained: () => Promise.resolve(),
    close: () => toClient.add(() => end({ kind: 'lost', detail: 'The host ended the line.' }))
  }

  async function open(copy: Hello): Promise<void> {
    await options.ready()
    if (isOver) return
    const result = await options.connect(line, copy)
    if ('code' in result) return end({ kind: 'refused', error: result })
    // The client may have gone while the engine was at work; then nobody will say so again.
    if (isOver) return result.end()
    session = result
    toClient.begin()
  }

  const transport: Transport = {
    request: (name, payload) =>
      new Promise((resolve, reject) => {
        if (isOver || !session) return reject(unavailable('The line is not open.'))
        unanswered.add(reject)
        session.receive(name, structuredClone(payload)).then(
          (ack) => {
            const copy = structuredClone(ack)
            toClient.add(() => {
              if (unanswered.delete(reject)) resolve(copy as never)
            })
          },
          (thrown: unknown) => lose(`A frame could not be handled: ${reasonOf(thrown)}`)
        )
      }),
    close: () => void finish('The line was closed.')
  }
  const pageLine: PageLine = { transport, lose }
  open(structuredClone(hello)).catch((thrown: unknown) => lose(`The line could not be opened: ${reasonOf(thrown)}`))
  return pageLine
}

const unavailable = (detail: string): ParleyError => new ParleyError('gateway.unavailable', detail)
