import { ERRORS, LIMITS, ParleyError, type ConversationId, type DeviceId, type MessageId, type WireError } from '@parley/protocol'
import type { Sent } from './api.js'
import { asParleyError } from './errors.js'
import type { Landed, Outbox, OutboxOptions } from './outbox-contract.js'
import type { NewItem, OutboxItem } from './outbox-item.js'
import { createKeeping } from './outbox-keeping.js'
import { withoutNumbers, withStored, withTaken } from './outbox-order.js'
import { createWindow } from './outbox-window.js'
import { mintId } from './random.js'
import type { StoredOutbox } from './storage/contract.js'

type Settle = { readonly resolve: (sent: Sent) => void; readonly reject: (error: ParleyError) => void }
/** `recall`: waiting for open answers, then `mending`: the storage says what is to be done; `reading`: waiting for the log. */
type Mode = 'stopped' | 'open' | 'recall' | 'mending' | 'reading'

/** A storage that could not be asked is asked again after this long. */
const MEND_AGAIN_MS = 15_000

const UNKNOWN: WireError = { code: 'append.unknown', text: 'It is not known whether this arrived.' }

/**
 * Messages that are not acknowledged yet (delivery rule 4). They are kept first, then shown, then sent by the window. A
 * message leaves by its ack, its row, a definite refusal, or the visitor. When numbers do not fit, all that waits goes out
 * under a new device: what the gateway has already it answers as it did before, by its messageId.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { random } = options
  const settlers = new Map<MessageId, Settle>()
  let items: readonly OutboxItem[] = []
  let device: DeviceId | null = null
  let entered: ConversationId | null = null
  let loading: Promise<void> | null = null
  let mode: Mode = 'stopped'
  let closedBy: ParleyError | null = null
  /** Highest number acknowledged to this device. */
  let ackedTo = 0
  /** The number the gateway waits for, and this client could not give. */
  let expected: number | null = null
  /** Rows that came while the storage was asked: what it answers may still name them. */
  let asking = 0
  const meanwhile = new Set<MessageId>()
  /** What was gone at the `welcome`: rows up to its head tell what became of it. */
  let awaited: readonly MessageId[] = []

  const pending = (): readonly OutboxItem[] => items.filter((item) => item.state === 'pending')
  const find = (messageId: MessageId): OutboxItem | undefined => items.find((one) => one.messageId === messageId)
  const keeping = createKeeping({ ...options, pending })
  const window = createWindow({
    ...options,
    pending,
    pump: () => pump(),
    sendsOnce: options.sendsOnce ?? false,
    onUnknown: ({ messageId }) => failed(messageId, UNKNOWN),
    onAck: (messageId, ack) => acked(messageId, ack),
    onRefused: (...refusal) => refused(...refusal)
  })

  function change(next: readonly OutboxItem[]): void {
    items = next
    options.onChange()
  }
  const show = (item: OutboxItem): void => change(items.map((one) => (one.messageId === item.messageId ? item : one)))
  const drop = (isGone: (item: OutboxItem) => boolean): void => {
    if (items.some(isGone)) change(items.filter((item) => !isGone(item)))
  }
  const tellError = (reason: unknown): void => options.onError(asParleyError(reason))

  function remove(messageIds: readonly MessageId[]): void {
    keeping.remove(messageIds)
    drop((item) => messageIds.includes(item.messageId))
  }

  function settle(messageId: MessageId, run: (settle: Settle) => void): void {
    const found = settlers.get(messageId)
    settlers.delete(messageId)
    if (found) run(found)
  }

  /** Its visitor took it back, here or in another tab. */
  function discarded(messageId: MessageId): void {
    settle(messageId, ({ reject }) => reject(new ParleyError('append.discarded', 'The message was discarded before it was sent.')))
  }

  /** The outbox as the storage has it; what was acknowledged is no more there, to this tab or to another, and waits here for its row. */
  function enterStored(stored: StoredOutbox): void {
    const isRenewed = stored.device !== device
    if (isRenewed) ackedTo = 0
    device = stored.device
    entered = stored.conversation
    const isHere = ({ messageId }: OutboxItem): boolean => meanwhile.has(messageId) || options.isInLog(messageId)
    const late = stored.items.filter(isHere).map((item) => item.messageId)
    if (late.length > 0) keeping.remove(late)
    change(withStored(isRenewed ? withoutNumbers(items) : items, stored.items, isHere))
    for (const item of items) settleAsStored(item)
    if (asking === 0) meanwhile.clear()
  }

  /** Another tab may know already what became of a message. */
  function settleAsStored({ messageId, state, error, draft }: OutboxItem): void {
    if (state === 'failed' && error) settle(messageId, ({ reject }) => reject(ParleyError.fromWire(error)))
    if (draft.type === 'void') discarded(messageId)
  }

  /** The same, when the numbers may be others: the gateway has to hear a new `hello` then. */
  function renewed(stored: StoredOutbox): void {
    const before = device
    enterStored(stored)
    if (device === before) return
    pause()
    mode = 'stopped'
    options.tell({ note: 'restarted' })
    options.reconnect()
  }

  function pump(): void {
    if (mode === 'recall' && window.isIdle()) mend(repair)
    else if (mode === 'open') window.send()
  }

  function pause(): void {
    window.pause()
    expected = null
  }

  function acked(messageId: MessageId, ack: Landed, isTold = true): void {
    const item = find(messageId)
    const { seq, at } = ack
    settle(messageId, ({ resolve }) => resolve({ seq, at, messageId }))
    if (!item) return
    ackedTo = Math.max(ackedTo, item.deviceSeq)
    keeping.remove([messageId])
    if (isTold) options.tell({ note: 'acked', messageId, ack })
    if (ack.elsewhere || seq <= options.cursor() || item.draft.type === 'void') drop((one) => one.messageId === messageId)
    else show({ ...item, state: 'acked', seq })
  }

  function refused(sent: OutboxItem, error: WireError, isCurrent: boolean): void {
    const reaction = ERRORS[error.code].then
    if (reaction === 'stop') return failed(sent.messageId, error)
    if (!isCurrent) return
    if (reaction === 'reread' || isMissing(error)) {
      expected = error.expected ?? null
      mode = 'recall'
    } else window.again(error)
  }

  /** The gateway waits for a number that is not here: another tab took it, or the log lost what had it. */
  function isMissing({ code, expected: wanted }: WireError): boolean {
    return code === 'append.gap' && wanted !== undefined && wanted < (pending()[0]?.deviceSeq ?? 0)
  }

  function failed(messageId: MessageId, error: WireError): void {
    window.landed()
    const item = find(messageId)
    if (!item) return
    settle(messageId, ({ reject }) => reject(ParleyError.fromWire(error)))
    if (item.draft.type === 'void') {
      options.tell({ note: 'gone', messageIds: [messageId] })
      return remove([messageId])
    }
    replace({ ...item, state: 'failed', error })
  }

  function replace(item: OutboxItem): void {
    keeping.put(item).catch(tellError)
    options.tell({ note: 'changed', item })
    show(item)
  }

  async function ask(work: () => Promise<StoredOutbox>): Promise<StoredOutbox> {
    asking++
    try {
      return await work()
    } finally {
      asking--
    }
  }

  /** Something is to be asked of the storage before anything is sent. */
  function mend(work: () => Promise<StoredOutbox>): void {
    mode = 'mending'
    const isCurrent = window.life()
    ask(work).then(
      (stored) => {
        if (stored.device !== device) return renewed(stored)
        enterStored(stored)
        if (mode !== 'mending' || !isCurrent()) return
        mode = 'open'
        window.restart()
        pump()
      },
      (reason: unknown) => {
        tellError(reason)
        if (mode !== 'mending') return
        mode = 'recall'
        window.wait(MEND_AGAIN_MS)
      }
    )
  }

  /** What the gateway waits for may be in the storage. If it is not, all that waits goes out under a new device. */
  async function repair(): Promise<StoredOutbox> {
    const wanted = expected
    const before = device
    expected = null
    const stored = await keeping.load()
    const isThere = wanted !== null && stored.items.some((item) => item.state === 'pending' && item.deviceSeq <= wanted)
    return isThere || stored.device !== before || before === null ? stored : keeping.restart(before, [])
  }

  async function load(): Promise<void> {
    loading ??= keeping.load().then(enterStored)
    return loading
  }

  async function keep(item: NewItem, promise: Settle): Promise<void> {
    if (closedBy) throw closedBy
    const taken = await keeping.take(item)
    if (closedBy) throw closedBy
    settlers.set(item.messageId, promise)
    if (taken.renewed) renewed(taken.renewed)
    // What was restarted in between has brought it already, under its new number.
    if (!find(item.messageId)) change(withTaken(items, taken.item))
    options.tell({ note: 'taken', item: taken.item })
    pump()
  }

  function hearTaken(item: OutboxItem): void {
    // A tab that was frozen may hear of it when its row is here already.
    if (find(item.messageId) || options.isInLog(item.messageId)) return
    change(withTaken(items, item))
    pump()
  }

  function hearChanged(item: OutboxItem): void {
    settleAsStored(item)
    show(item)
    pump()
  }

  function gone(messageIds: readonly MessageId[]): void {
    for (const messageId of messageIds) discarded(messageId)
    drop((item) => messageIds.includes(item.messageId))
  }

  async function reload(): Promise<void> {
    if (!loading) return load()
    await loading
    renewed(await ask(keeping.load))
    pump()
  }

  return {
    load,
    reload,
    device: () => device,
    items: () => items,
    isSaved: keeping.isSaved,
    async send(draft, after) {
      await load()
      const item: NewItem = { messageId: mintId<MessageId>(random), draft, after, formerly: [], state: 'pending', error: null, seq: null }
      return new Promise((resolve, reject) => void keep(item, { resolve, reject }).catch((reason: unknown) => reject(asParleyError(reason))))
    },
    welcome({ conversation, lastDeviceSeq, windowSize: told, isOtherLife }) {
      pause()
      window.resize(Math.min(told, LIMITS.windowSize))
      if (closedBy) return
      const isElsewhere = entered !== null && entered !== conversation
      // What another conversation acknowledged is on disk there; of this one its row is on the way, or behind the floor.
      drop(
        (item) => (item.state === 'acked' && (isElsewhere || (!isOtherLife && (item.seq ?? 0) <= options.cursor()))) || (item.state === 'gone' && isElsewhere)
      )
      const [first] = pending()
      if (entered !== conversation) return mend(() => keeping.enter(conversation))
      if (isOtherLife) {
        mode = 'reading'
        return
      }
      mode = first && lastDeviceSeq < first.deviceSeq - 1 ? 'recall' : 'open'
      expected = lastDeviceSeq + 1
      pump()
    },
    isBehind: (lastDeviceSeq) => lastDeviceSeq < ackedTo,
    down() {
      pause()
      if (mode !== 'mending') mode = 'stopped'
    },
    confirm(rows) {
      if (asking > 0) for (const { messageId } of rows) meanwhile.add(messageId)
      const arrived = rows.filter((row) => settlers.has(row.messageId) || find(row.messageId))
      if (arrived.length === 0) return
      for (const { messageId, seq, at } of arrived) settle(messageId, ({ resolve }) => resolve({ seq, at, messageId }))
      const here = arrived.flatMap((row) => find(row.messageId) ?? [])
      const written = here.filter((item) => item.state === 'pending' || item.state === 'failed')
      ackedTo = Math.max(ackedTo, ...written.map((item) => item.deviceSeq))
      // A tab that does not send leaves the storage to the one that does.
      if (mode !== 'stopped' && written.length > 0) keeping.remove(written.map((item) => item.messageId))
      drop((item) => here.includes(item))
    },
    catchUp() {
      awaited = items.flatMap(({ state, messageId }) => (state === 'gone' ? [messageId] : []))
    },
    caughtUp() {
      // All that was in the log is here, so what is still awaited was taken back.
      gone(awaited.filter((messageId) => find(messageId)?.state === 'gone'))
      awaited = []
    },
    isReading: () => mode === 'reading',
    logWasRead(lost) {
      const from = device
      if (mode !== 'reading' || from === null) return
      // Even what was acknowledged may be absent in another life of the log. It stays in sight until it has its new number.
      const absent = items
        .filter((item) => item.state === 'acked')
        .map(({ deviceSeq: _deviceSeq, ...item }): NewItem => ({ ...item, state: 'pending', seq: null }))
      const first = [...lost.filter((item) => !find(item.messageId)), ...absent]
      change(items.map((item) => (item.state === 'acked' ? { ...item, state: 'gone', seq: null } : item)))
      mend(() => keeping.restart(from, first))
    },
    async discard(messageId) {
      const item = find(messageId)
      if (!item) return
      const empty = (one: OutboxItem): OutboxItem => ({ ...one, draft: { type: 'void', body: { code: 'append.discarded' } } })
      if (item.state === 'pending') await keeping.put(empty(item))
      discarded(messageId)
      const now = find(messageId)
      if (now?.state === 'pending') {
        options.tell({ note: 'changed', item: empty(now) })
        show(empty(now))
        return pump()
      }
      options.tell({ note: 'gone', messageIds: [messageId] })
      remove([messageId])
    },
    hear(heard) {
      switch (heard.note) {
        case 'taken':
          return hearTaken(heard.item)
        case 'changed':
          return hearChanged(heard.item)
        case 'acked':
          return acked(heard.messageId, heard.ack, false)
        case 'gone':
          return gone(heard.messageIds)
        case 'restarted':
          return void reload().catch(tellError)
        default:
          return heard satisfies never
      }
    },
    async changeOwner(owner, isCarried) {
      await load()
      pause()
      mode = 'stopped'
      const error = new ParleyError('client.closed', 'Somebody else uses this page now; the message waits for who wrote it.')
      if (!isCarried) for (const messageId of [...settlers.keys()]) settle(messageId, ({ reject }) => reject(error))
      const stored = await keeping.changeOwner(owner, isCarried)
      items = []
      enterStored(stored)
    },
    forget: () => change([]),
    clear: keeping.clear,
    close(error, isRefused) {
      mode = 'stopped'
      closedBy = error
      window.pause()
      for (const item of pending()) {
        if (isRefused) show({ ...item, state: 'failed', error: { code: error.code, text: error.message } })
        settle(item.messageId, ({ reject }) => reject(error))
      }
    }
  }
}
