/** Work that is done later, in the order in which it came. */
export interface Turns {
  add(work: () => void): void
  /** Until then everything waits. */
  begin(): void
  /** Does at once what waits. */
  runAll(): void
}

/** @param defer runs once when the present turn is over */
export function createTurns(defer: (run: () => void) => void): Turns {
  const waiting: (() => void)[] = []
  let hasBegun = false
  let isPlanned = false

  function runAll(): void {
    isPlanned = false
    for (let work = waiting.shift(); work; work = waiting.shift()) work()
  }

  function plan(): void {
    if (!hasBegun || isPlanned || waiting.length === 0) return
    isPlanned = true
    defer(runAll)
  }

  return {
    add(work) {
      waiting.push(work)
      plan()
    },
    begin() {
      hasBegun = true
      plan()
    },
    runAll
  }
}
