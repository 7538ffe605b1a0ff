import type { ConversationId, DeviceId, SessionAnswer } from '@parley/protocol'
import { Broken, type Check, demand, shown } from '../check.js'
import { freshId } from '../chance.js'
import type { GatewayContext } from './gateway-context.js'
import { helloOf, type Line, LineRefused, openLine } from './line.js'
import { holds, upTo } from './rows.js'
import { messageOf } from './visitor.js'

/** A conversation is its visitor's: nobody else reads it, writes into it, or learns that it is there. */
export const RIGHTS_CHECKS: readonly Check<GatewayContext>[] = [
  {
    id: 'rights.frames',
    rule: 'Rule 23: every frame for the conversation of somebody else gets the same answer as for one that is not there.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const [owner, stranger] = [await visitor(), await visitor()]
      const [theirs, line] = [await open(owner), await open(stranger)]
      await owner.say(theirs, 'A secret')
      const wrong: string[] = []
      for (const frame of framesFor(line)) {
        const foreign = await line.request(frame.name, frame.payload(owner.session))
        const unknown = await line.request(frame.name, frame.payload({ ...owner.session, conversation: freshId<ConversationId>() }))
        if (!('error' in foreign) || shown(foreign) !== shown(unknown))
          wrong.push(`${frame.name}: ${shown(foreign)} for a foreign one, ${shown(unknown)} for an unknown one`)
      }
      if (wrong.length > 0) throw new Broken(wrong.join('; '), 'the same error for both')
      const { ack } = await owner.say(theirs, 'And another')
      await theirs.until((rows) => upTo(rows, ack.seq), 'the own message')
      demand(!JSON.stringify(theirs.rows).includes(INTRUSION), 'the words of a stranger in the log', 'nothing of them')
      demand(!line.rows.some(({ messageId }) => holds(theirs.rows, messageId)), 'rows of a foreign conversation', 'none')
    }
  },
  {
    id: 'rights.hello',
    rule: 'Rule 23: a hello that names the conversation of somebody else is answered as one that names none that is there.',
    needs: ['append.ack'],
    async run({ visitor, open, entrance }) {
      const [owner, stranger] = [await visitor(), await visitor()]
      await owner.say(await open(owner), 'A secret')
      const asked = (conversation: ConversationId): Promise<string> => outcomeOf({ ...stranger.session, conversation }, entrance)
      const [foreign, unknown] = [await asked(owner.session.conversation), await asked(freshId<ConversationId>())]
      demand(foreign === unknown, `${foreign} for a foreign one, ${unknown} for an unknown one`, 'the same for both')
      demand(!foreign.startsWith('welcome to 1'), foreign, 'no place in the conversation of somebody else')
    }
  },
  {
    id: 'rights.token',
    rule: 'Rule 23: a token that this gateway did not make as it stands lets nobody in.',
    needs: ['hello.welcome'],
    async run({ visitor, entrance }) {
      const { session } = await visitor()
      const taken: string[] = []
      for (const [what, token] of forgedTokens(session.token)) {
        const outcome = await outcomeOf({ ...session, token }, entrance)
        if (!/^refused with /.test(outcome)) taken.push(`${what}: ${outcome}`)
      }
      if (taken.length > 0) throw new Broken(taken.join('; '), 'a refusal with a code of the protocol')
    }
  }
]

const INTRUSION = 'written by a stranger'

type FrameFor = { readonly name: string; readonly payload: (session: SessionAnswer) => unknown }

function framesFor({ welcome }: Line): readonly FrameFor[] {
  const features = welcome.features ?? []
  const always: readonly FrameFor[] = [
    { name: 'append', payload: (session) => messageOf(session, 1, INTRUSION) },
    { name: 'read', payload: ({ conversation }) => ({ conversation, log: 'public', from: 1, to: 50 }) },
    { name: 'seen', payload: ({ conversation }) => ({ conversation, got: 1, read: 1 }) },
    { name: 'invoke', payload: ({ conversation }) => ({ id: freshId(), conversation, verb: 'cancel', args: { run: freshId() } }) },
    { name: 'signal', payload: ({ conversation }) => ({ conversation, signal: { kind: 'typing', by: freshId(), forMs: 1_000 } }) }
  ]
  const end: FrameFor = { name: 'invoke', payload: ({ conversation }) => ({ id: freshId(), conversation, verb: 'end', args: {} }) }
  const check: FrameFor = { name: 'check', payload: ({ conversation }) => ({ conversation, log: 'public', from: 1, to: 1, digest: '0123456789abcdef' }) }
  return [...always, ...(features.includes('end') ? [end] : []), ...(features.includes('check') ? [check] : [])]
}

async function outcomeOf(session: SessionAnswer, { url, timeoutMs }: GatewayContext['entrance']): Promise<string> {
  try {
    const line = await openLine({ url, timeoutMs, hello: helloOf(session, freshId<DeviceId>()) })
    line.close()
    return `welcome to ${line.welcome.conversations.length} conversations`
  } catch (thrown) {
    if (!(thrown instanceof LineRefused)) throw thrown
    return thrown.error ? `refused with ${thrown.error.code}` : 'an end without a word'
  }
}

function forgedTokens(token: string): readonly (readonly [string, string])[] {
  const middle = Math.floor(token.length / 2)
  const changed = (at: number): string => `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
  const [, payload = '', signature = ''] = token.split('.')
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
  return [
    ['a word', 't'],
    ['one character more', `${token}A`],
    ['half of it', token.slice(0, middle)],
    ['one letter of the middle changed', changed(middle)],
    ['one letter near the end changed', changed(token.length - 8)],
    ['no signature', `${token.split('.').slice(0, 2).join('.')}.`],
    ['the algorithm "none"', `${none}.${payload}.`],
    ['the algorithm "none" with the signature', `${none}.${payload}.${signature}`]
  ]
}
