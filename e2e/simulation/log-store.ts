import { type ConversationId, idFromBytes, type ParleyEvent } from '@parley/protocol'
import { type ConversationRecord, createMemoryStore, type NewEvent, type Outcome, type Store, type Unit } from '@parley/engine'
import type { Chance } from './chance.js'
import type { Life } from './life.js'
import type { Profile, Weather } from './profile.js'

/** What was written, in order; an opening has no place to come from but itself. */
type Entry = { readonly units: readonly Unit[] } | { readonly fresh: ConversationRecord; readonly opening: readonly NewEvent[] }

/**
 * The disk: the real memory store, which outlives the gateways that use it, and a journal of what was
 * written, from which an old copy can be made.
 */
export interface LogStore {
  /** The store as one life of the gateway sees it: slow, failing at times, and gone with that life. */
  open(life: Life): Store
  conversations(): readonly ConversationId[]
  rows(conversation: ConversationId): Promise<readonly ParleyEvent[]>
  /** Puts a copy back that lacks the last `count` writes. @returns messageIds of rows that are no more */
  restore(count: number, isOtherEpoch: boolean): Promise<readonly string[]>
  /** A crash: what was not on disk is gone. */
  crash(): void
  /** For stores that cheat: from here on writes are not safe until `flush`. */
  readonly journal: Journal
}

/** Which writes are on disk. The honest store has every write there when it is made. */
export interface Journal {
  /** Writes made from now on count as not on disk. */
  holdBack(): void
  /** All that was written is on disk. */
  flush(): void
}

type Parts = { readonly chance: Chance; readonly profile: Profile; readonly weather: Weather }

const ALL = { from: 1, to: Number.MAX_SAFE_INTEGER }

export function createLogStore({ chance, profile, weather }: Parts): LogStore {
  let epoch = chance.bytes(16)
  let entries: Entry[] = []
  let safe: number | null = null
  let inner = createMemoryStore({ bytes: () => epoch })

  function conversations(): readonly ConversationId[] {
    return [...new Set(entries.flatMap((entry) => ('fresh' in entry ? [entry.fresh.id] : [])))]
  }

  const rows = (conversation: ConversationId): Promise<readonly ParleyEvent[]> => inner.read({ conversation, log: 'public', ...ALL }, ALL.to, ALL.to)
  const allRows = async (): Promise<string[]> => (await Promise.all(conversations().map(rows))).flat().map((row) => `${row.seq} ${row.messageId}`)

  /** The memory store writes in the turn it is called, so the copy stands when this returns. */
  function rebuild(kept: readonly Entry[]): void {
    const made: Promise<unknown>[] = []
    entries = [...kept]
    inner = createMemoryStore({ bytes: () => epoch })
    for (const entry of kept) made.push('units' in entry ? inner.commit(entry.units) : inner.openConversation(entry.fresh, entry.opening))
  }

  function crash(): void {
    if (safe !== null) rebuild(entries.slice(0, safe))
    safe = null
  }

  async function restore(count: number, isOtherEpoch: boolean): Promise<readonly string[]> {
    const before = await allRows()
    const leastKept = entries.findLastIndex((entry) => 'fresh' in entry) + 1
    if (isOtherEpoch) epoch = chance.bytes(16)
    rebuild(entries.slice(0, Math.max(leastKept, entries.length - count)))
    const kept = new Set(await allRows())
    return before.filter((row) => !kept.has(row)).map((row) => row.slice(row.indexOf(' ') + 1))
  }

  function open(life: Life): Store {
    const waits = (): number => (profile.commitMs === 0 ? 0 : chance.is(0.05) ? chance.between(0, 20 * profile.commitMs) : chance.between(0, profile.commitMs))
    const pause = async (ms: number): Promise<void> => (ms === 0 ? undefined : life.pause(ms))

    async function commit(units: readonly Unit[]): Promise<readonly Outcome[]> {
      await pause(waits())
      if (!weather.isFair && chance.is(profile.serviceFaults)) throw new Error('the disk is busy')
      const outcomes = await inner.commit(units)
      entries.push({ units })
      await pause(waits())
      return outcomes
    }

    async function openConversation(fresh: ConversationRecord, opening: readonly NewEvent[]): Promise<ConversationRecord> {
      const found = await inner.openConversation(fresh, opening)
      if (found === fresh) entries.push({ fresh, opening })
      return found
    }
    /** What is read is as it was at one moment within. */
    async function look<Value>(read: () => Promise<Value>): Promise<Value> {
      if (!weather.isFair && chance.is(profile.serviceFaults)) throw new Error('the disk cannot be read')
      if (profile.readMs === 0) return read()
      await pause(chance.between(0, profile.readMs))
      const value = await read()
      await pause(chance.between(0, profile.readMs))
      return value
    }
    return {
      ...inner,
      epoch: idFromBytes(epoch) as Store['epoch'],
      commit,
      openConversation,
      conversation: (id) => look(() => inner.conversation(id)),
      head: (conversation, log) => look(() => inner.head(conversation, log)),
      read: (...asked) => look(() => inner.read(...asked)),
      messageIdAt: (...asked) => look(() => inner.messageIdAt(...asked)),
      lastDeviceSeq: (...asked) => look(() => inner.lastDeviceSeq(...asked)),
      run: (id) => look(() => inner.run(id))
    }
  }

  return {
    open,
    conversations,
    rows,
    restore,
    crash,
    journal: {
      holdBack() {
        safe ??= entries.length
      },
      flush() {
        safe = null
      }
    }
  }
}
