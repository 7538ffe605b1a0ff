/** The one time of a simulated world. It only moves when told to. */
export interface VirtualClock {
  /** Milliseconds since the world began. */
  now(): number
  /** @returns cancels the timer */
  setTimer(delayMs: number, run: () => void): () => void
  /** Lets time pass: what is due runs in order, each followed by all promises it settles. */
  runFor(ms: number): Promise<void>
}

type Timer = { readonly at: number; readonly order: number; run: (() => void) | null }

export function createVirtualClock(): VirtualClock {
  const heap: Timer[] = []
  let now = 0
  let order = 0

  async function runFor(ms: number): Promise<void> {
    const until = now + ms
    // Whoever called, from here on it is a reaction that runs.
    await null
    await settle()
    for (let next = heap[0]; next && next.at <= until; next = heap[0]) {
      popFirst(heap)
      if (!next.run) continue
      now = next.at
      next.run()
      await settle()
    }
    now = until
  }

  return {
    now: () => now,
    setTimer(delayMs, run) {
      const timer: Timer = { at: now + Math.max(0, delayMs), order: ++order, run }
      push(heap, timer)
      return () => {
        timer.run = null
      }
    },
    runFor
  }
}

/**
 * Every promise that can settle has done so by then. The idea: called from a promise's reaction, a tick's turn comes
 * when no reaction is left, those that came meanwhile included; that is how Node orders the two, and it costs no turn
 * of the event loop. Nothing real is waited for.
 */
const settle = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

const isBefore = (one: Timer, other: Timer): boolean => (one.at === other.at ? one.order < other.order : one.at < other.at)

function push(heap: Timer[], timer: Timer): void {
  let index = heap.push(timer) - 1
  while (index > 0) {
    const above = (index - 1) >> 1
    const parent = heap[above]
    if (!parent || isBefore(parent, timer)) break
    heap[index] = parent
    index = above
  }
  heap[index] = timer
}

function popFirst(heap: Timer[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    const [one, other] = [heap[left], heap[left + 1]]
    const smaller = one && other && isBefore(other, one) ? left + 1 : left
    const child = heap[smaller]
    if (!child || !isBefore(child, last)) break
    heap[index] = child
    index = smaller
  }
  heap[index] = last
}
