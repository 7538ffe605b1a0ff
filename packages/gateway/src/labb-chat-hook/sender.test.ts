import type { Append, AppendAck, ConversationId, WireError } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createSeal } from '../host.js'
import { createSender } from './sender.js'

const seal = createSeal('a secret of this test')
const CONVERSATION = 'conversation-one------' as ConversationId
const STORED: AppendAck = { seq: 1, at: '2026-03-01T10:00:00.000Z' }
const refusal = (error: WireError): AppendAck => ({ error })
const body = (said: string, message_id: string | number = 1) => ({ type: 'text', customer_id: '1', customer_name: '', message_id, text: [said] })

function open(answers: readonly AppendAck[]) {
  const frames: Append[] = []
  const waits: number[] = []
  const left = [...answers]
  const sender = createSender({
    conversation: CONVERSATION,
    digest: seal.digest,
    append: async (frame) => {
      frames.push(frame)
      return left.shift() ?? STORED
    },
    waitMs: async (ms) => void waits.push(ms)
  })
  return { sender, frames, waits }
}

test('numbers what it sends, and a definite no takes its number', async () => {
  const { sender, frames } = open([STORED, refusal({ code: 'append.tooLarge', text: 'too long' })])
  const sent = await Promise.all(['a', 'b', 'c'].map((said) => sender.send(body(said))))
  expect(sent).toEqual([{ kind: 'stored' }, { kind: 'refused', text: 'too long' }, { kind: 'stored' }])
  expect(frames.map(({ deviceSeq }) => deviceSeq)).toEqual([1, 2, 3])
  await sender.idle()
})

test('the same message has the same id, another one another, whatever its client calls it', async () => {
  const { sender, frames } = open([])
  for (const one of [body('a'), body('a'), body('b'), body('a', '1')]) await sender.send(one)
  const [first, again, other, asText] = frames.map(({ messageId }) => messageId)
  expect([first === again, new Set([first, other, asText]).size]).toEqual([true, 3])
})

test('waits where the engine is busy, goes where it expects it, and gives up with a sentence', async () => {
  const busy = refusal({ code: 'append.busy', retryInMs: 7 })
  const healed = open([busy, refusal({ code: 'append.gap', expected: 4 }), STORED])
  expect([await healed.sender.send(body('a')), healed.waits, healed.frames.at(-1)?.deviceSeq]).toEqual([{ kind: 'stored' }, [7], 4])
  const broken = open(Array<AppendAck>(5).fill(busy))
  expect(await broken.sender.send(body('a'))).toEqual({ kind: 'refused', text: 'The message could not be stored now. Send it again in a moment.' })
})

test('a conversation that is closed is over; more than a hundred at once are too many', async () => {
  const { sender } = open([refusal({ code: 'conversation.closed' })])
  const sent = await Promise.all(Array.from({ length: 101 }, (_, index) => sender.send(body(String(index)))))
  expect([sent[0], sent[1], sent[100]]).toEqual([{ kind: 'over' }, { kind: 'stored' }, { kind: 'refused', text: expect.stringMatching(/^Too many/) as string }])
})
