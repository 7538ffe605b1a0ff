import type { Append, AppendAck, DeviceId, MessageId, SessionAnswer } from '@parley/protocol'
import { Broken, shown } from '../check.js'
import { freshId, freshKey } from '../chance.js'
import { wait } from '../within.js'
import type { Entrance } from './entrance.js'
import { helloOf, type Line, openLine, type Place } from './line.js'

/** Somebody who was never there before, with a conversation of their own. */
export interface Visitor {
  readonly key: string
  readonly session: SessionAnswer
  readonly device: DeviceId
  open(place?: Place): Promise<Line>
  /** A message under the next number of this visitor's device. */
  next(text: string): Append
  /** The next message, recorded. @throws Broken when it is not */
  say(line: Line, text: string): Promise<{ readonly append: Append; readonly ack: Recorded }>
}
export type Recorded = AppendAck & { readonly seq: number }

export async function createVisitor(entrance: Entrance): Promise<Visitor> {
  const key = freshKey()
  const session = await entrance.openSession(key)
  const device = freshId<DeviceId>()
  let deviceSeq = 0

  function next(text: string): Append {
    deviceSeq += 1
    return messageOf(session, deviceSeq, text)
  }

  return {
    key,
    session,
    device,
    open: (place) => openLine({ url: entrance.url, timeoutMs: entrance.timeoutMs, hello: helloOf(session, device, place) }),
    next,
    async say(line, text) {
      const append = next(text)
      return { append, ack: await recorded(line, append) }
    }
  }
}

export const messageOf = ({ conversation }: SessionAnswer, deviceSeq: number, text: string): Append => ({
  conversation,
  deviceSeq,
  messageId: freshId<MessageId>(),
  after: 0,
  type: 'message.created',
  body: { parts: [{ kind: 'text', text }] }
})

/** A gateway that has too much to do says when to come again; a client does so. */
const MOST_ATTEMPTS = 10

export async function recorded(line: Line, append: Append): Promise<Recorded> {
  for (let attempt = 1; ; attempt++) {
    const ack = await line.request('append', append)
    if ('seq' in ack) return ack
    if (!('error' in ack) || ack.error.code !== 'append.busy' || attempt === MOST_ATTEMPTS)
      throw new Broken(`${shown(ack)} as the answer to a message`, '{ "seq", "at" }, after the commit')
    await wait(ack.error.retryInMs ?? 100)
  }
}
