import { type Host, reasonOf } from './host.js'

/** How long to wait before trying again what a deadline could not write. */
const AGAIN_MS = 10_000

/** Work that is due at a time, by id. What fails is logged and tried again: a deadline is never lost. */
export interface Deadlines {
  set(id: string, at: number, work: () => Promise<unknown>): void
  clear(id: string): void
  clearAll(): void
}

export function createDeadlines({ clock, log }: Pick<Host, 'clock' | 'log'>): Deadlines {
  const cancels = new Map<string, () => void>()

  function clear(id: string): void {
    cancels.get(id)?.()
    cancels.delete(id)
  }

  function set(id: string, at: number, work: () => Promise<unknown>): void {
    clear(id)
    const run = (): void => {
      cancels.delete(id)
      work().catch((reason: unknown) => {
        log.error({ id, reason: reasonOf(reason) }, 'a deadline could not be carried out; it is tried again')
        set(id, clock.now() + AGAIN_MS, work)
      })
    }
    cancels.set(id, clock.setTimer(Math.max(0, at - clock.now()), run))
  }

  return {
    set,
    clear,
    clearAll() {
      for (const id of [...cancels.keys()]) clear(id)
    }
  }
}
