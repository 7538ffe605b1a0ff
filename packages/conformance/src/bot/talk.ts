import { type BotAnswer, type BotRequest, judge, type Reply, toBot } from '@parley/connectors/webhook-wire'
import type { ConversationId, EventBodies, Json, KnownEvent, MessageId, ParticipantId, RunId } from '@parley/protocol'
import { Broken } from '../check.js'
import { freshId } from '../chance.js'
import type { Outside } from './outside.js'

/** One request of the connector and what came of it. */
export type Exchange = {
  readonly id: string
  readonly request: BotRequest
  readonly reply: Reply
  /** `null`: the bot has it and answers later, or never. @throws Broken for a reply that a gateway would not take */
  answer(): BotAnswer | null
}
export type Person = { readonly subject: string; readonly name: string | null }

/** One conversation as the connector leads it: what was said before and the bot's own state go along. */
export interface Talk {
  readonly conversation: ConversationId
  tell<Type extends Told>(type: Type, body: EventBodies[Type]): Promise<Exchange>
  say(text: string): Promise<Exchange>
  answer(value: string): Promise<Exchange>
  run(command: string, args: EventBodies['run.started']['args']): Promise<Exchange>
}
type Told = 'conversation.opened' | 'conversation.closed' | 'message.created' | 'answer.given' | 'run.started'

/** As many events as the connector sends along at most. */
const CONTEXT = 50

/** @param person who the visitor is; absent for somebody without a name */
export function createTalk(outside: Outside, person: Person | null = null, before: readonly KnownEvent[] = []): Talk {
  const conversation = freshId<ConversationId>()
  const [visitor, bot] = [freshId<ParticipantId>(), freshId<ParticipantId>()]
  let events: readonly KnownEvent[] = before
  let state: Json = null

  const record = (event: KnownEvent): void => void (events = [...events, event].slice(-CONTEXT))

  async function tell<Type extends Told>(type: Type, body: EventBodies[Type]): Promise<Exchange> {
    const event = {
      seq: (events.at(-1)?.seq ?? 0) + 1,
      messageId: freshId<MessageId>(),
      type,
      author: { id: visitor, role: 'visitor' },
      at: now(),
      body
    } as KnownEvent
    const request = toBot({ event, conversation, person }, { earlier: events, state, callback: outside.callbackUrl })
    if (!request) throw new Error(`"${type}" is never told to a bot`)
    record(event)
    const id = `msg_${freshId()}`
    const reply = await outside.ask(id, JSON.stringify(request))
    const judgement = judge(reply, 'The bot', Date.now())
    if (judgement.kind === 'taken' && judgement.answer) hear(judgement.answer)
    return {
      id,
      request,
      reply,
      answer() {
        if (judgement.kind === 'taken') return judgement.answer
        throw new Broken(judgement.why, 'status 2xx with an answer that can be shown, or with nothing when the answer comes later')
      }
    }
  }

  function hear(answer: BotAnswer): void {
    if (answer.state !== undefined) state = answer.state
    for (const { parts } of answer.messages) {
      record({
        seq: (events.at(-1)?.seq ?? 0) + 1,
        messageId: freshId<MessageId>(),
        type: 'message.created',
        author: { id: bot, role: 'bot' },
        at: now(),
        body: { parts }
      } as KnownEvent)
    }
  }

  return {
    conversation,
    tell,
    say: (text) => tell('message.created', { parts: [{ kind: 'text', text }] }),
    answer: (value) => tell('answer.given', { to: freshId<MessageId>(), value, label: value }),
    run: (command, args) => tell('run.started', { run: freshId<RunId>(), command, args })
  }
}

const now = (): string => new Date().toISOString()
