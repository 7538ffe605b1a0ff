import type { NewEvent, Outcome, RunRecord, Store, VisitorId } from '@parley/engine'
import type { ConversationId, DeviceId, MessageId, ParticipantId, RunId } from '@parley/protocol'

/** One conversation and what may stand in it, for tests of a store's file. */
export const CONVERSATION_ID = 'conversation1---------' as ConversationId
export const DEVICE_ID = 'device1---------------' as DeviceId
export const messageId = (number: number): MessageId => `message-${number}` as MessageId
export const runId = (number: number): RunId => `run${number}`.padEnd(22, '-') as RunId
const AT = '2026-03-01T10:00:00.000Z'
const VISITOR = 'visitor1--------------' as VisitorId

export const openSample = (store: Store) =>
  store.openConversation({ id: CONVERSATION_ID, inbox: 'support', visitor: VISITOR, status: 'open', mergedInto: null, answering: null, createdAt: AT }, [])

/** The message that is `number` in the conversation and of its device. */
export const message = (number: number, text = `text ${number}`): NewEvent => ({
  conversation: CONVERSATION_ID,
  log: 'public',
  messageId: messageId(number),
  type: 'message.created',
  author: { id: 'participant1----------' as ParticipantId, role: 'visitor' },
  at: AT,
  body: { parts: [{ kind: 'text', text }] },
  device: { id: DEVICE_ID, seq: number },
  digest: `digest ${number}`
})

export const run = (number: number): RunRecord => ({
  run: runId(number),
  conversation: CONVERSATION_ID,
  inbox: 'support',
  visitor: VISITOR,
  command: 'run-flow',
  args: {},
  status: 'open',
  startedAt: number,
  deadlineAt: number + 1,
  notes: null
})

/** A message with all that goes with it in one unit. */
export const commitMessage = async (store: Store, number: number, text?: string): Promise<Outcome | undefined> =>
  (await store.commit([{ event: message(number, text), job: { inbox: 'support', dueAt: number }, puts: [{ put: 'run', run: run(number) }] }]))[0]
