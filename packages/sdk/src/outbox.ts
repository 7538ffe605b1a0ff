import { ERRORS, LIMITS, ParleyError, type Append, type AppendAck, type DeviceId, type Draft, type MessageId, type WireError } from '@parley/protocol'
import type { Sent } from './api.js'
import type { Clock } from './clock.js'
import { asParleyError } from './errors.js'
import type { OutboxItem } from './outbox-item.js'
import { mintId, type Random } from './random.js'
import type { OutboxStorage } from './storage/contract.js'

/** What an outbox asks of its surroundings. */
export type OutboxOptions = {
  readonly storage: OutboxStorage
  readonly clock: Clock
  readonly random: Random
  /** @throws when the line ends before the answer */
  append(item: Pick<Append, 'deviceSeq' | 'messageId' | 'after'> & Draft): Promise<AppendAck>
  /** Highest seq held. */
  cursor(): number
  /** The device is another one: the line must say a new `hello`. */
  reconnect(): void
  /** `items` or the device changed. */
  onChange(): void
  /** A store that failed; what waits is still in memory. */
  onError(error: ParleyError): void
}

export type OutboxWelcome = {
  readonly lastDeviceSeq: number
  readonly windowSize: number /** The log is another one than before. */
  readonly isOtherLife: boolean
}

export interface Outbox {
  /** Reads what an earlier visit left. Sends wait for it. */
  load(): Promise<void>
  /** Known once loaded. */
  device(): DeviceId | null
  /** In deviceSeq order. */
  items(): readonly OutboxItem[]
  /** Takes a message, sends it when the line and its turn allow, and settles with the gateway's answer. */
  send(draft: Draft, after: number): Promise<Sent>
  welcome(welcome: OutboxWelcome): void
  /** The line is gone: nothing is sent until the next `welcome`. */
  down(): void
  /** Rows of the log came: what is among them has arrived. */
  confirm(rows: readonly { readonly messageId: MessageId; readonly seq: number; readonly at: string }[]): void
  /** The log must be read from here, and up to its head, before anything is sent; `null` when it need not. */
  mustReadFrom(): number | null
  /** That was done: what is still here is absent there. */
  logWasRead(): void
  discard(messageId: MessageId): Promise<void>
  /** No message will be sent any more: waiting promises settle with this. */
  close(error: ParleyError, isRefused: boolean): void
}

type Settle = { readonly resolve: (sent: Sent) => void; readonly reject: (error: ParleyError) => void }
/** `recall`: waiting for open answers; `restarting`: the store gives new numbers under a new device; `reading`: waiting for the log. */
type Mode = 'stopped' | 'open' | 'recall' | 'restarting' | 'reading'

/** Wait before a try that the gateway did not time: longer with each one in a row. */
const RETRY_STEP_MS = 500
const LONGEST_RETRY_MS = 15_000

/**
 * Messages that are not acknowledged yet. The idea (delivery rule 4): they go out in deviceSeq
 * order, a window of them at a time. One that has to be sent again makes the outbox wait until all
 * that are under way have their answer, and begin again at the first that has none: what the gateway
 * has already it answers as it did before. A message leaves by its ack, its row, a definite refusal,
 * or the visitor.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { storage, clock, random } = options
  const settlers = new Map<MessageId, Settle>()
  let items: readonly OutboxItem[] = []
  let device: DeviceId | null = null
  let loading: Promise<void> | null = null
  let mode: Mode = 'stopped'
  let closedBy: ParleyError | null = null
  /** Which connection answers belong to. */
  let life = 0
  let underWay = 0
  let windowSize: number = LIMITS.windowSize
  /** Highest number sent since the last beginning. */
  let sentTo = 0
  let mustBeginAgain = false
  let retries = 0
  let cancelWait: (() => void) | null = null
  /** What left since the last restart began, which the store's answer may still name. */
  let gone: ReadonlySet<MessageId> = new Set()

  const pending = (): readonly OutboxItem[] => items.filter((item) => item.state === 'pending')

  function change(next: readonly OutboxItem[]): void {
    items = next
    options.onChange()
  }
  const store = (done: Promise<unknown>): void => void done.catch((reason: unknown) => options.onError(asParleyError(reason)))
  const show = (item: OutboxItem): void => change(items.map((one) => (one.messageId === item.messageId ? item : one)))

  function keep(item: OutboxItem): void {
    store(storage.put(item))
    show(item)
  }

  function remove(...messageIds: readonly MessageId[]): void {
    gone = new Set([...gone, ...messageIds])
    for (const messageId of messageIds) store(storage.remove(messageId))
    change(items.filter((one) => !messageIds.includes(one.messageId)))
  }

  function settle(messageId: MessageId, run: (settle: Settle) => void): void {
    const found = settlers.get(messageId)
    settlers.delete(messageId)
    if (found) run(found)
  }

  function pump(): void {
    if (mode === 'recall' && underWay === 0) return restart()
    if (mode !== 'open' || cancelWait) return
    if (mustBeginAgain && underWay > 0) return
    if (mustBeginAgain) sentTo = 0
    mustBeginAgain = false
    for (const item of pending()) {
      if (underWay >= windowSize) return
      if (item.deviceSeq > sentTo) fly(item)
    }
  }

  function fly(item: OutboxItem): void {
    const mine = life
    sentTo = item.deviceSeq
    underWay++
    const landed = () => {
      if (mine !== life) return false
      underWay--
      return true
    }
    options.append({ ...item.draft, deviceSeq: item.deviceSeq, messageId: item.messageId, after: Math.min(item.after, options.cursor()) }).then(
      (ack) => {
        const isCurrent = landed()
        if ('error' in ack) refused(item, ack.error, isCurrent)
        else acked(item.messageId, ack.seq, ack.at)
        pump()
      },
      () => {
        // The line ended, which a new `welcome` repairs; or it did not, then again in a while.
        if (landed()) again({ code: 'gateway.unavailable' })
        pump()
      }
    )
  }

  function again({ code, retryInMs }: WireError): void {
    // The answers behind a message that has to come again are gaps, of course.
    if (mustBeginAgain && code === 'append.gap') return
    const isPlainGap = code === 'append.gap' && retries === 0
    mustBeginAgain = true
    retries++
    if (isPlainGap || cancelWait) return
    cancelWait = clock.setTimer(retryInMs ?? Math.min(LONGEST_RETRY_MS, RETRY_STEP_MS * retries), () => {
      cancelWait = null
      pump()
    })
  }

  function pause(): void {
    life++
    underWay = 0
    sentTo = 0
    mustBeginAgain = false
    retries = 0
    cancelWait?.()
    cancelWait = null
  }

  function acked(messageId: MessageId, seq: number, at: string): void {
    retries = 0
    const item = items.find((one) => one.messageId === messageId)
    if (!item) return
    settle(messageId, ({ resolve }) => resolve({ seq, at, messageId }))
    if (seq <= options.cursor() || item.draft.type === 'void') return remove(messageId)
    keep({ ...item, state: 'acked' })
  }

  function refused(sent: OutboxItem, error: WireError, isCurrent: boolean): void {
    const reaction = ERRORS[error.code].then
    if (reaction === 'stop') return failed(sent.messageId, error)
    if (!isCurrent) return
    if (reaction === 'reread' || isLost(error)) mode = 'recall'
    else again(error)
  }

  /** The gateway waits for a number that was acknowledged long ago: it has lost what this client cannot give again. */
  function isLost({ code, expected }: WireError): boolean {
    return code === 'append.gap' && expected !== undefined && expected < (pending()[0]?.deviceSeq ?? 0)
  }

  function failed(messageId: MessageId, error: WireError): void {
    retries = 0
    const item = items.find((one) => one.messageId === messageId)
    if (!item) return
    settle(messageId, ({ reject }) => reject(ParleyError.fromWire(error)))
    if (item.draft.type === 'void') return remove(messageId)
    keep({ ...item, state: 'failed', error })
  }

  /** Everything not in the log goes out under a new device, after the log was read. */
  function restart(): void {
    const fresh = mintId<DeviceId>(random)
    mode = 'restarting'
    gone = new Set()
    storage.restart(fresh).then(
      (numbered) => {
        device = fresh
        mode = 'reading'
        change(numbered.filter((item) => !gone.has(item.messageId)))
        options.reconnect()
      },
      (reason: unknown) => {
        // As if the line were down: the next `welcome` begins again under the old device.
        mode = 'stopped'
        options.onError(asParleyError(reason))
      }
    )
  }

  function load(): Promise<void> {
    loading ??= storage.load().then(
      (stored) => {
        device = stored.device
        change(stored.items)
      },
      (reason: unknown) => {
        // A storage that failed once may be well the next time it is asked.
        loading = null
        throw asParleyError(reason)
      }
    )
    return loading
  }

  return {
    load,
    device: () => device,
    items: () => items,
    async send(draft, after) {
      await load()
      if (closedBy) throw closedBy
      const item = await storage.take({ messageId: mintId<MessageId>(random), draft, after, state: 'pending', error: null })
      if (closedBy) throw closedBy
      const sent = new Promise<Sent>((resolve, reject) => settlers.set(item.messageId, { resolve, reject }))
      // A restart in between has brought it already, under its new number.
      if (!items.some((one) => one.messageId === item.messageId)) change([...items, item])
      pump()
      return sent
    },
    welcome({ lastDeviceSeq, windowSize: told, isOtherLife }) {
      pause()
      windowSize = Math.min(told, LIMITS.windowSize)
      // In another life of the log even what was acknowledged may be absent.
      if (isOtherLife) for (const item of items.filter(({ state }) => state === 'acked')) keep({ ...item, state: 'pending' })
      if (mode === 'restarting' || mode === 'reading' || closedBy) return
      const [first] = pending()
      mode = isOtherLife || (first && lastDeviceSeq < first.deviceSeq - 1) ? 'recall' : 'open'
      pump()
    },
    down() {
      pause()
      if (mode === 'open' || mode === 'recall') mode = 'stopped'
    },
    confirm(rows) {
      const waiting = new Set(items.map((item) => item.messageId))
      const arrived = rows.filter((row) => waiting.has(row.messageId))
      for (const { messageId, seq, at } of arrived) settle(messageId, ({ resolve }) => resolve({ seq, at, messageId }))
      if (arrived.length > 0) remove(...arrived.map((row) => row.messageId))
    },
    mustReadFrom: () => (mode === 'reading' ? Math.min(...pending().map((item) => item.after)) : null),
    logWasRead() {
      if (mode !== 'reading') return
      mode = 'open'
      pump()
    },
    async discard(messageId) {
      const item = items.find((one) => one.messageId === messageId)
      if (!item) return
      settle(messageId, ({ reject }) => reject(new ParleyError('append.discarded', 'The message was discarded before it was sent.')))
      if (item.state !== 'pending') return remove(messageId)
      const empty: OutboxItem = { ...item, draft: { type: 'void', body: { code: 'append.discarded' } } }
      show(empty)
      await storage.put(empty)
      pump()
    },
    close(error, isRefused) {
      mode = 'stopped'
      closedBy = error
      cancelWait?.()
      for (const item of pending()) {
        if (isRefused) show({ ...item, state: 'failed', error: { code: error.code, text: error.message } })
        settle(item.messageId, ({ reject }) => reject(error))
      }
    }
  }
}
