/** The order of what one customer says in several conversations: a client that reconnects has another one. */
export interface Turns {
  /** Settles when nothing of this customer that came before is still on its way. @throws after `stop()` */
  take(customer: string, key: string): Promise<void>
  /** What has this key is over: it was taken, or never will be. */
  leave(customer: string, key: string): void
  stop(): void
}

type Waiting = { readonly key: string; readonly go: () => void; readonly end: (reason: Error) => void; readonly turn: Promise<void> }

/** Who failed and is to be tried again keeps its turn: the same key takes it again. */
export function createTurns(): Turns {
  const lines = new Map<string, readonly Waiting[]>()

  return {
    take(customer, key) {
      const line = lines.get(customer) ?? []
      const found = line.find((one) => one.key === key)
      if (found) return found.turn
      const mine = waiting(key)
      lines.set(customer, [...line, mine])
      if (line.length === 0) mine.go()
      return mine.turn
    },
    leave(customer, key) {
      const rest = (lines.get(customer) ?? []).filter((one) => one.key !== key)
      if (rest.length === 0) lines.delete(customer)
      else lines.set(customer, rest)
      rest[0]?.go()
    },
    stop() {
      for (const line of lines.values()) for (const one of line) one.end(new Error('The connector is stopped.'))
      lines.clear()
    }
  }
}

function waiting(key: string): Waiting {
  let go = (): void => {}
  let end = (_reason: Error): void => {}
  const turn = new Promise<void>((resolve, reject) => {
    go = resolve
    end = reject
  })
  // Whoever waits hears of an end; where nobody waits any more, there is nobody to tell.
  turn.catch(() => {})
  return { key, go, end, turn }
}
