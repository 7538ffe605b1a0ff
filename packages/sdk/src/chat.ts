import {
  argumentsFromWords,
  checkArguments,
  COMPLETE_CHARACTERS,
  findForeignFault,
  LIMITS,
  ParleyError,
  RANDOM_ID,
  readLine,
  type Arguments,
  type Checked,
  type CommandSpec,
  type Completion,
  type Draft as MessageDraft,
  type MessageId
} from '@parley/protocol'
import type { ReadableAtom } from 'nanostores'
import type { Chat, PageCommand, Sent } from './api.js'
import type { Clock } from './clock.js'
import { commandText } from './command-text.js'
import type { Commands, FoundCommand } from './commands.js'
import type { Conversation } from './conversation.js'
import { checkDraft } from './draft-check.js'
import { createEnding } from './ending.js'
import { createInOrder } from './in-order.js'
import { asParleyError } from './errors.js'
import { mintId, type Random } from './random.js'
import type { Draft } from './draft.js'
import type { SharedConnection } from './tabs/shared-connection.js'
import { until } from './until.js'

/** While there is no line, one that writes has a try made at once this often at most. */
const ASK_EVERY_MS = 5_000
/** "Typing" is told this often at most … */
const TYPING_EVERY_MS = 3_000
/** … and holds this long unless it is told again. */
const TYPING_FOR_MS = 5_000

export type ChatOptions = {
  readonly conversation: Conversation
  readonly connection: Pick<SharedConnection, '$status' | 'start' | 'renew'>
  readonly commands: Commands
  /** The visitor uses the chat: it is worth remembering. */
  hold(): void
  readonly draft: Draft
  readonly clock: Clock
  readonly random: Random
  /** Settles when online for the first time, rejects when that can no more be. */
  online(): Promise<void>
  /** Why nothing can be sent any more; `null` while it can. */
  closedBy(): ParleyError | null
  readonly $isSaved: ReadableAtom<boolean>
  onError(error: ParleyError): void
}

/** A command by its name; `of`: only one of the inbox will do. */
type Wanted = { readonly name: string; readonly of?: 'inbox' | undefined }

/** What a visitor may do in a conversation. Everything is checked before anything is stored or sent. */
export function createChat(options: ChatOptions): Chat {
  const { conversation, connection, commands, clock, random } = options
  const { outbox, pageCommands } = conversation
  let typingToldAt = -Infinity
  let askedAt = -Infinity

  const inOrder = createInOrder()
  /** Given, and not settled: what has no place in the outbox yet is among them. */
  const sending = new Set<Promise<unknown>>()
  /** Keys of what is being sent again. */
  const repeating = new Set<string>()
  const endNow = createEnding({ ...options, sending })
  commands.onEnd(end)

  async function append(draft: MessageDraft): Promise<Sent> {
    throwIfClosed()
    checkDraft(draft, conversation.bodyBytes())
    options.hold()
    askForLine()
    const sent = outbox.send(draft, conversation.cursor())
    sending.add(sent)
    return sent.finally(() => sending.delete(sent))
  }

  /** Who writes has the planned try made at once, but not each time they write: a gateway that is down is not hammered. */
  function askForLine(): void {
    const { state } = connection.$status.get()
    const now = clock.now()
    if (state === 'online' || (state !== 'idle' && now - askedAt < ASK_EVERY_MS)) return
    askedAt = now
    connection.start()
  }

  /** What a command is, and whether it fits, is known before it takes its place. */
  async function prepareCommand(wanted: Wanted, check: (spec: CommandSpec) => Checked, line: (args: Arguments) => string): Promise<() => Promise<Sent>> {
    throwIfClosed()
    const command = await find(wanted)
    if (!command) throw new ParleyError('command.unknown', `There is no command /${wanted.name}. Type / to see those there are.`)
    const checked = check(command.spec)
    if (!checked.ok) throw new ParleyError('command.invalid', checked.text)
    const { run, spec } = command
    const { args } = checked
    return run ? () => runInPage(run, line(args), args) : () => append({ type: 'run.started', body: { command: spec.name, args } })
  }

  async function runInPage(run: PageCommand['run'], line: string, args: Arguments): Promise<Sent> {
    await pageCommands.run({ key: mintId(random), line, after: conversation.cursor(), args, run })
    return { seq: null, at: null, messageId: null }
  }

  const place = (draft: MessageDraft): Promise<Sent> => inOrder.begin(async () => () => append(draft))

  /** What the gateway offers is known once it has welcomed. */
  async function find({ name, of }: Wanted): Promise<FoundCommand | null> {
    if (!commands.find(name, of) && !conversation.isWelcomed()) await options.online()
    return commands.find(name, of)
  }

  async function prepareLine(line: string): Promise<() => Promise<Sent>> {
    const read = readLine(line)
    if (read.kind === 'command') return prepareCommandLine(line, read.name, read.words)
    if (read.text.trim() === '') throw new ParleyError('append.invalid', 'The message is empty.')
    return () => append({ type: 'message.created', body: { parts: [{ kind: 'text', text: read.text }] } })
  }

  async function prepareCommandLine(line: string, name: string, words: readonly string[]): Promise<() => Promise<Sent>> {
    if (line.length > LIMITS.commandCharacters)
      throw new ParleyError('command.invalid', `A command has at most ${LIMITS.commandCharacters} characters, not ${line.length}.`)
    return prepareCommand(
      { name },
      (spec) => argumentsFromWords(spec, words),
      () => line
    )
  }

  /** Values are a help for who types: without them, for whatever reason, it goes on as before. */
  async function complete(command: string, argument: string, text: string): Promise<readonly Completion[]> {
    const isKnown = commands.find(command)?.spec.args.some(({ name, completes }) => completes && name === argument)
    if (!isKnown || !conversation.can('complete') || text.length > COMPLETE_CHARACTERS || findForeignFault(text)) return []
    const ack = await conversation.request('complete', (id) => ({ conversation: id, command, argument, text })).catch(() => null)
    return ack && 'completions' in ack ? ack.completions : []
  }

  async function retry(key: string): Promise<Sent> {
    const item = outbox.items().find((one) => one.messageId === key && one.state === 'failed')
    const draft = item?.draft ?? (repeating.has(key) ? null : conversation.repeatOf(key))
    if (!draft) throw new ParleyError('append.invalid', 'Only what failed or was not delivered can be sent again, and only once.')
    throwIfClosed()
    if (item) await outbox.discard(item.messageId)
    repeating.add(key)
    return place(draft).finally(() => repeating.delete(key))
  }

  /** In its turn: what was said before it is said. */
  async function end(): Promise<void> {
    throwIfClosed()
    askForLine()
    return inOrder.begin(async () => endNow)
  }

  async function begin(): Promise<void> {
    throwIfClosed()
    if ($status.get() === 'open') return
    connection.renew()
    await until(() => $status.get() === 'open' || options.closedBy() !== null, [$status, connection.$status])
    throwIfClosed()
  }

  async function cancel(run: string): Promise<void> {
    if (!RANDOM_ID.test(run)) throw new ParleyError('run.unknown', `"${run}" is not the id of a run.`)
    const ack = await conversation.request('invoke', (id) => ({ id: mintId<MessageId>(random), conversation: id, verb: 'cancel', args: { run } }))
    if ('error' in ack) throw ParleyError.fromWire(ack.error)
  }

  function setTyping(): void {
    const by = conversation.you()
    if (!by || clock.now() - typingToldAt < TYPING_EVERY_MS) return
    typingToldAt = clock.now()
    conversation
      .request('signal', (id) => ({ conversation: id, signal: { kind: 'typing', by, forMs: TYPING_FOR_MS } }))
      .catch((reason: unknown) => onSignalError(asParleyError(reason)))
  }

  /** A signal may be lost with the line. */
  function onSignalError(error: ParleyError): void {
    if (error.code !== 'gateway.unavailable') options.onError(error)
  }

  function throwIfClosed(): void {
    const error = options.closedBy()
    if (error) throw error
  }

  const { $timeline, $status, $participants, $unread, $typing, $hasEarlier, markRead, loadEarlier } = conversation
  return {
    $timeline,
    $status,
    $participants,
    $commands: commands.$commands,
    $inboxCommands: commands.$inboxCommands,
    $unread,
    $typing,
    $hasEarlier,
    $draft: options.draft.$text,
    $isSaved: options.$isSaved,
    setDraft: options.draft.set,
    send: (line) => inOrder.begin(() => prepareLine(line)),
    run: (command, args = {}, { of } = {}) =>
      inOrder.begin(() =>
        prepareCommand(
          { name: command, of },
          (spec) => checkArguments(spec, args),
          (given) => commandText(command, given)
        )
      ),
    complete,
    answer: (messageId, value, label) =>
      place({ type: 'answer.given', body: { to: messageId as MessageId, value, ...(label === undefined ? {} : { label }) } }),
    cancel,
    retry,
    end,
    begin,
    discard: (key) => outbox.discard(key as MessageId),
    setTyping,
    markRead,
    loadEarlier
  }
}
