import type { ParticipantId } from '@parley/protocol'
import type { Clock } from './clock.js'

/** Who is typing, as far as was heard. */
export interface Typing {
  heard(by: ParticipantId, forMs: number): void
  /** What was being typed has come. */
  said(by: ParticipantId): void
  who(): readonly ParticipantId[]
  clear(): void
}

/** @param onChange `who()` is another list now */
export function createTyping(clock: Clock, onChange: () => void): Typing {
  const cancels = new Map<ParticipantId, () => void>()

  function said(by: ParticipantId): void {
    cancels.get(by)?.()
    if (cancels.delete(by)) onChange()
  }

  return {
    heard(by, forMs) {
      const isNew = !cancels.has(by)
      cancels.get(by)?.()
      cancels.set(
        by,
        clock.setTimer(forMs, () => said(by))
      )
      if (isNew) onChange()
    },
    said,
    who: () => [...cancels.keys()],
    clear() {
      for (const by of [...cancels.keys()]) said(by)
    }
  }
}
