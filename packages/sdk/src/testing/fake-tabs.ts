import type { Clock } from '../clock.js'
import type { TabChannel, TabLocks, TabPlatform } from '../tabs/platform.js'

/** One tab's part of what tabs have in common. */
export interface FakeTab extends TabPlatform {
  /** The tab is gone: its locks are free, and nobody hears of it any more. */
  kill(): void
  /** What the others say is heard, and a lost lock noticed, when it thaws. */
  freeze(): void
  thaw(): void
}

/** A browser in which tabs meet: locks and channels in memory, as the platform's own behave. */
export interface FakeTabs {
  open(): FakeTab
}

type Held = { readonly tab: symbol; readonly end: (reason: unknown) => void }
type Waiting = { readonly tab: symbol; readonly grant: () => void }
type Door = { readonly tab: symbol; readonly name: string; readonly channel: TabChannel }

/** @param clock messages between tabs take one turn of it */
export function createFakeTabs(clock: Clock): FakeTabs {
  const held = new Map<string, Held>()
  const waiting = new Map<string, Waiting[]>()
  const frozen = new Map<symbol, (() => void)[]>()
  let doors: readonly Door[] = []

  function release(name: string, mine: Held): void {
    if (held.get(name) !== mine) return
    held.delete(name)
    waiting.get(name)?.shift()?.grant()
  }

  function hold<Value>(tab: symbol, name: string, work: (lock: Lock) => Value): Promise<Awaited<Value>> {
    return new Promise((resolve, reject) => {
      const mine: Held = { tab, end: reject }
      held.set(name, mine)
      Promise.resolve(work({ name, mode: 'exclusive' }))
        .then(resolve, reject)
        .finally(() => release(name, mine))
    })
  }

  function locksOf(tab: symbol): TabLocks {
    const request = (name: string, options: LockOptions, work: (lock: Lock | null) => unknown): Promise<unknown> => {
      const holder = held.get(name)
      if (options.steal) {
        if (holder) enter(holder.tab, () => holder.end(new DOMException('The lock was stolen.', 'AbortError')))
        return hold(tab, name, work)
      }
      if (!holder) return hold(tab, name, work)
      if (options.ifAvailable) return Promise.resolve(work(null))
      return new Promise((resolve, reject) => {
        const entry: Waiting = { tab, grant: () => hold(tab, name, work).then(resolve, reject) }
        waiting.set(name, [...(waiting.get(name) ?? []), entry])
        options.signal?.addEventListener('abort', () => {
          waiting.set(
            name,
            (waiting.get(name) ?? []).filter((one) => one !== entry)
          )
          reject(new DOMException('Given up.', 'AbortError'))
        })
      })
    }
    return { request } as unknown as TabLocks
  }

  /** Now, or when the tab thaws. */
  function enter(tab: symbol, run: () => void): void {
    const late = frozen.get(tab)
    if (late) late.push(run)
    else run()
  }

  function deliver(door: Door, copy: unknown): void {
    if (doors.includes(door)) door.channel.onmessage?.call(door.channel as BroadcastChannel, { data: structuredClone(copy) } as MessageEvent)
  }

  function openChannel(tab: symbol, name: string): TabChannel {
    const channel: TabChannel = {
      onmessage: null,
      postMessage(message: unknown) {
        const copy: unknown = structuredClone(message)
        for (const door of doors) {
          if (door.channel === channel || door.name !== name) continue
          clock.setTimer(0, () => enter(door.tab, () => deliver(door, copy)))
        }
      },
      close() {
        doors = doors.filter((door) => door.channel !== channel)
      }
    }
    doors = [...doors, { tab, name, channel }]
    return channel
  }

  return {
    open() {
      const tab = Symbol('tab')
      return {
        locks: locksOf(tab),
        openChannel: (name) => openChannel(tab, name),
        freeze() {
          frozen.set(tab, frozen.get(tab) ?? [])
        },
        thaw() {
          const late = frozen.get(tab) ?? []
          frozen.delete(tab)
          // Each in a turn of its own, as a browser does: what the first one changes, the next one finds changed.
          for (const run of late) clock.setTimer(0, run)
        },
        kill() {
          doors = doors.filter((door) => door.tab !== tab)
          for (const [name, entries] of waiting)
            waiting.set(
              name,
              entries.filter((entry) => entry.tab !== tab)
            )
          for (const [name, lock] of [...held]) if (lock.tab === tab) release(name, lock)
        }
      }
    }
  }
}
