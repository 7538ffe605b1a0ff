import { ParleyError } from '@parley/protocol'
import { atom } from 'nanostores'
import type { Client, ClientEvents } from './api.js'
import { createChat } from './chat.js'
import type { ClientOptions } from './client-options.js'
import { systemClock } from './clock.js'
import { createCommands } from './commands.js'
import { createConnection } from './connection.js'
import { createConversation } from './conversation.js'
import { createDraft } from './draft.js'
import { createEmitter } from './emitter.js'
import { systemEnvironment } from './environment.js'
import { lastAppends } from './last-appends.js'
import { createPerson } from './person.js'
import { systemRandom } from './random.js'
import { otherSide } from './other-side.js'
import { publish, report } from './report.js'
import { systemStorages } from './storage/system-storages.js'
import { memoryStorages } from './storage/memory.js'
import { createKeyRing, pageStorage } from './storage/visitor-key.js'
import type { ChatMessage } from './tabs/messages.js'
import { NO_TABS, systemTabs } from './tabs/platform.js'
import { createSharedConnection } from './tabs/shared-connection.js'

/**
 * A client for one inbox of one gateway. It touches nothing outside before `connect()` or the first
 * send, so it can be made while a page is rendered on a server.
 * @throws ParleyError `option.invalid`
 */
export function createClient(options: ClientOptions): Client {
  const { clock = systemClock, random = systemRandom, environment = systemEnvironment() } = options
  const { name, inbox, isDurable, openSession, openTransport, postLast, close: closeSide } = otherSide(options, clock)
  const { storage = {}, tabs = systemTabs() } = isDurable ? options : { tabs: NO_TABS }
  const fallback = memoryStorages(random)
  const storages = (isDurable && (storage.outboxes ?? systemStorages({ name, clock, random }))) || fallback
  const keys = createKeyRing(name, random, () => (isDurable ? (storage.keys ?? pageStorage()) : null))
  const emitter = createEmitter<ClientEvents>(report)
  const commands = createCommands(notConnecting)
  const $isSaved = atom(storages.isDurable)
  const onError = (error: ParleyError): void => {
    if (!emitter.emit('error', error)) report(error)
  }
  let isLeaving = false

  const person = createPerson({
    inbox,
    keys,
    openSession,
    getToken: options.getToken ?? null,
    change: (owner, isCarried) =>
      shared.rename(owner === '' ? name : `${name}:${owner}`, async () => {
        connection.forget()
        conversation.forget()
        await conversation.outbox.changeOwner(owner, isCarried)
      })
  })
  const connection = createConnection({
    openSession: async (signal) => {
      await conversation.outbox.load()
      return person.openSession(signal)
    },
    openTransport,
    clock,
    random,
    environment,
    hello: (session) => conversation.hello(session),
    onFrame: (frame) => shared.onLineFrame(frame)
  })
  const shared = createSharedConnection(name, {
    line: connection,
    platform: storages.isDurable ? tabs : { ...tabs, locks: null },
    environment,
    clock,
    random,
    prepare: () => conversation.outbox.reload(),
    standing: (session) => conversation.hello(session).conversations[0] ?? null,
    conversation: () => conversation.id(),
    draft: () => draft.$text.get(),
    catchUp: (standing) => conversation.catchUp(standing),
    onFrame: (frame) => conversation.onFrame(frame),
    onMessage,
    onFreeze: sendLast
  })
  const draft = createDraft((text) => shared.tell({ kind: 'draft', text }))
  const conversation = createConversation({
    connection: shared,
    commands,
    storages,
    fallback,
    owner: '',
    sendsOnce: !isDurable,
    keys,
    clock,
    random,
    emit: emitter.emit,
    onError,
    onUnsaved() {
      publish($isSaved, false)
      shared.leave()
    }
  })
  const { $status } = shared

  /** An attempt under way may bring the gateway's commands; whether one comes after it is not waited for. */
  function notConnecting(): Promise<void> {
    return new Promise((resolve) => {
      const off = $status.subscribe(({ state }) => {
        if (state === 'connecting') return
        resolve()
        queueMicrotask(() => off())
      })
    })
  }

  function onMessage(message: ChatMessage): void {
    switch (message.kind) {
      case 'outbox':
        return conversation.outbox.hear(message.note)
      case 'draft':
        return draft.hear(message.text, message.isOld === true)
      case 'read':
        return conversation.readElsewhere(message.to)
      case 'identified':
        return void identify(message.token, false).catch(onError)
      case 'reset':
        return leave()
      default:
        return message satisfies never
    }
  }

  function sendLast(): void {
    const [session, device] = [connection.session(), conversation.outbox.device()]
    if (!session || !device || session.conversation !== conversation.id()) return
    const body = lastAppends({ ...session, device, items: conversation.outbox.items(), cursor: conversation.cursor() })
    if (body) postLast?.(body)
  }

  /** What ended the line, as a promise's reason. */
  function closedBy(): ParleyError | null {
    const { state, error } = $status.get()
    return state === 'closed' ? (error ?? new ParleyError('client.closed', 'This client is closed.')) : null
  }

  $status.listen(({ state }) => {
    const error = closedBy()
    if (state !== 'online') conversation.down()
    if (error) conversation.outbox.close(error, !isLeaving)
  })

  function connect(): Promise<void> {
    shared.start()
    return new Promise((resolve, reject) => {
      const settle = (): boolean => {
        const error = closedBy()
        if (error) reject(error)
        if ($status.get().state === 'online') resolve()
        return error !== null || $status.get().state === 'online'
      }
      if (settle()) return
      const stop = $status.listen(() => {
        if (settle()) stop()
      })
    })
  }

  async function identify(token: string, isTold: boolean): Promise<void> {
    const error = closedBy()
    if (error) throw error
    const isStarted = shared.isStarted()
    if (isTold) shared.tell({ kind: 'identified', token })
    const change = await person.identify(token)
    if (!change || !isStarted) return
    if (change === 'roles') {
      connection.forget()
      shared.reconnect()
    }
    return connect()
  }

  function close(): void {
    isLeaving = true
    shared.stop()
    closeSide()
  }

  /** The visitor was forgotten: nothing of them stays here. */
  function leave(): void {
    close()
    keys.forget()
    draft.hear('', false)
    conversation.outbox.forget()
    conversation.forget()
    emitter.emit('reset', null)
  }

  return {
    $connection: $status,
    isDurable,
    commands: { register: commands.register },
    conversation: createChat({
      conversation,
      connection: shared,
      commands,
      hold: () => keys.hold(person.owner() !== ''),
      draft,
      $isSaved,
      clock,
      random,
      online: connect,
      closedBy,
      onError
    }),
    connect,
    on: emitter.on,
    identify: (token) => identify(token, true),
    counters: conversation.counters,
    close,
    async reset() {
      shared.tell({ kind: 'reset' })
      leave()
      await conversation.outbox.clear()
      if (person.owner() !== '') await storages.of('').clear()
    }
  }
}
