import { LIMITS } from '@parley/protocol'
import { Broken, type Check, demand, shown, Skipped } from '../check.js'
import type { GatewayContext } from './gateway-context.js'
import { BAD, GOOD, type Golden, sentBy } from './golden.js'
import { LineRefused, openLine } from './line.js'
import { mutated } from './mutated.js'

const isEnd = ({ payload }: Golden): boolean => typeof payload === 'object' && payload !== null && 'verb' in payload && payload.verb === 'end'

/** Frames of the protocol and others: the first are answered, the others end the connection that brought them, and no other. */
export const FRAME_CHECKS: readonly Check<GatewayContext>[] = [
  {
    id: 'frames.good',
    rule: "Rule 5: every good frame of a client in the protocol's list is answered, and none is refused as malformed.",
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const line = await open(somebody)
      const features = line.welcome.features ?? []
      const isThere = (one: Golden): boolean =>
        !((one.frame === 'check' || one.frame === 'complete') && !features.includes(one.frame)) && !(isEnd(one) && !features.includes('end'))
      const frames = GOOD.filter((one) => one.from === 'client' && one.frame !== 'hello' && isThere(one))
      // An end comes last, because nothing is taken after it.
      for (const { frame, why, payload } of [...frames.filter((one) => !isEnd(one)), ...frames.filter(isEnd)]) {
        const answer = await line.request(frame, sentBy(somebody.session, payload)).catch((thrown: unknown) => {
          throw thrown instanceof Broken ? new Broken(`${frame} (${why}): ${thrown.found}`, thrown.wanted) : thrown
        })
        demand(!('error' in answer && answer.error.code === 'frame.malformed'), `${frame} (${why}): ${shown(answer)}`, 'an answer to what it asks for')
      }
    }
  },
  {
    id: 'frames.bad',
    rule: "Rule 3: every bad frame in the protocol's list is answered with refuse and the end of its connection.",
    needs: ['append.ack'],
    async run(context) {
      const somebody = await context.visitor()
      const wrong: string[] = []
      for (const { frame, why, payload } of BAD.filter((one) => one.frame !== 'hello')) {
        const outcome = await refusalOf(context, somebody, (line) => line.emit(frame, sentBy(somebody.session, payload)))
        if (outcome !== null) wrong.push(`${frame} (${why}): ${outcome}`)
      }
      if (wrong.length > 0) throw new Broken(wrong.join('; '), 'refuse { "code" }, then the end of the connection')
    }
  },
  {
    id: 'hello.bad',
    rule: 'Rule 2: a bad hello is refused with a code of the protocol, and lets nobody in.',
    needs: ['hello.welcome'],
    async run({ visitor, entrance }) {
      const { session } = await visitor()
      const { url, timeoutMs } = entrance
      const hellos = [...BAD.filter(({ frame }) => frame === 'hello'), ...ODD_HELLOS]
      for (const { why, payload } of hellos) {
        const error = await openLine({ url, timeoutMs, hello: sentBy(session, payload) }).then(
          (line) => {
            line.close()
            throw new Broken(`a welcome for a hello with ${why}`, 'a refusal')
          },
          (thrown: unknown) => {
            if (thrown instanceof LineRefused) return thrown.error
            throw thrown
          }
        )
        demand(error !== null, `an end without a code for a hello with ${why}`, 'a refusal { "code", "text" }')
      }
    }
  },
  {
    id: 'frames.odd-events',
    rule: 'Rule 3: unknown names, no value, two values and binary are refused.',
    needs: ['append.ack'],
    async run(context) {
      const somebody = await context.visitor()
      const { conversation } = somebody.session
      const odd: readonly (readonly [string, string, readonly unknown[]])[] = [
        ['an unknown name', 'sunrise', [{}]],
        ['the name "__proto__"', '__proto__', [{}]],
        ['the name "constructor"', 'constructor', [{}]],
        ['no value', 'probe', []],
        ['two values', 'probe', [{}, {}]],
        ['binary', 'append', [Buffer.from([1, 2, 3])]],
        ['binary within', 'append', [{ conversation, body: Buffer.from([1, 2, 3]) }]],
        ['forty levels', 'append', [nested(40)]],
        ['the key prototype', 'seen', [{ conversation, got: 1, read: 1, prototype: {} }]]
      ]
      const wrong: string[] = []
      for (const [what, name, values] of odd) {
        const outcome = await refusalOf(context, somebody, (line) => line.emit(name, ...values))
        if (outcome !== null) wrong.push(`${what}: ${outcome}`)
      }
      if (wrong.length > 0) throw new Broken(wrong.join('; '), 'refuse { "code" }, then the end of the connection')
    }
  },
  {
    id: 'frames.too-large',
    rule: 'Rule 20: a frame over 64 KiB ends its connection, and nothing of it is stored.',
    needs: ['append.ack'],
    async run(context) {
      const somebody = await context.visitor()
      const line = await context.open(somebody)
      line.emit('append', somebody.next('x'.repeat(2 * LIMITS.frameBytes)))
      await line.end()
      await (await context.neighbour()).talk('a frame too large')
      const [standing] = (await context.open(somebody)).welcome.conversations
      demand(standing?.lastDeviceSeq === 0, `"lastDeviceSeq": ${standing?.lastDeviceSeq} afterwards`, '0: nothing of it was taken')
    }
  },
  {
    id: 'frames.mutated',
    rule: 'Any change to a good frame is answered or refused: nothing hangs, and the gateway stays well.',
    needs: ['frames.good'],
    async run(context) {
      const somebody = await context.visitor()
      let line = await context.open(somebody)
      const frames = GOOD.filter((one) => one.from === 'client' && one.frame !== 'hello' && !isEnd(one))
      for (let turn = 1; turn <= 40; turn++) {
        const { frame, payload } = context.chance.pick(frames)
        const odd = mutated(sentBy(somebody.session, payload), context.chance)
        const answer = line.request(frame, odd).then(
          () => 'answered',
          () => 'not answered'
        )
        const ended = line.end().then(
          () => 'ended',
          () => 'not ended'
        )
        const first = await Promise.race([answer, ended])
        if (first === 'answered') continue
        if ((await ended) === 'not ended') throw new Broken(`neither an answer nor an end for ${frame} ${shown(odd)}`, 'one of the two')
        if (turn % 5 === 0) await (await context.neighbour()).talk('changed frames')
        line = await context.open(somebody)
      }
    }
  },
  {
    id: 'limits.busy',
    rule: 'Rule 21: what comes faster than the limits is answered with append.busy and when to come again; the rest is taken.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const line = await open(somebody)
      const { burst, messagesPerSecond } = line.welcome.limits
      if (burst > 400) throw new Skipped(`its burst of ${burst} frames is more than is sent for this`)
      const { conversation } = somebody.session
      const count = 2 * burst + messagesPerSecond
      const answers = await Promise.all(Array.from({ length: count }, () => line.request('seen', { conversation, got: 0, read: 0 })))
      const busy = answers.flatMap((answer) => ('error' in answer && answer.error.code === 'append.busy' ? [answer.error] : []))
      demand(busy.length > 0, `${count} frames at once, and none refused`, `append.busy beyond a burst of ${burst}`)
      demand(
        busy.every(({ retryInMs = 0 }) => retryInMs > 0),
        shown(busy[0]),
        'append.busy with "retryInMs"'
      )
      const others = answers.filter((answer) => !('ok' in answer) && !('error' in answer && answer.error.code === 'append.busy'))
      demand(others.length === 0, shown(others[0]), 'nothing but { "ok": true } and append.busy')
    }
  }
]

const ODD_HELLOS: readonly Golden[] = [
  { frame: 'hello', why: 'nothing but a version', payload: { v: 1 } },
  { frame: 'hello', why: 'a version of the far future', payload: { v: 999, token: 't', device: 'AAAAAAAAAAAAAAAAAAAAAA', conversations: [] } },
  { frame: 'hello', why: 'a token that is an object', payload: { v: 1, token: { $ne: null }, device: 'AAAAAAAAAAAAAAAAAAAAAA', conversations: [] } }
]

const nested = (levels: number): unknown => (levels === 0 ? {} : { a: nested(levels - 1) })

/** @returns what is wrong with how it was refused, or `null` */
async function refusalOf(
  context: GatewayContext,
  somebody: Awaited<ReturnType<GatewayContext['visitor']>>,
  send: (line: Awaited<ReturnType<GatewayContext['open']>>) => void
): Promise<string | null> {
  const line = await context.open(somebody)
  send(line)
  const error = await line.end().catch((thrown: unknown) => {
    if (thrown instanceof Broken) return thrown
    throw thrown
  })
  line.close()
  await (await context.neighbour()).talk('bad frames')
  if (error instanceof Broken) return 'the connection stays'
  return error === null ? 'the end without a refuse' : null
}
