/** How far one conversation's clients have come: up to `got` all is settled, beyond it some. */
export interface Receipts {
  got(): number
  has(seq: number): boolean
  /** It was acknowledged, or is nothing that a client acknowledges. */
  settle(seq: number): void
  /** A number at which all is known; used by the first who comes. */
  startAt(got: number): void
  /** Nothing is settled beyond `got`. */
  isWhole(): boolean
}

/** Clients may acknowledge in another order than they were told. */
export function createReceipts(): Receipts {
  let got = 0
  const beyond = new Set<number>()
  const closeUp = (): void => {
    while (beyond.delete(got + 1)) got += 1
  }
  return {
    got: () => got,
    has: (seq) => seq <= got || beyond.has(seq),
    settle(seq) {
      if (seq > got) beyond.add(seq)
      closeUp()
    },
    startAt(start) {
      got = Math.max(got, start)
      for (const seq of beyond) if (seq <= got) beyond.delete(seq)
      closeUp()
    },
    isWhole: () => beyond.size === 0
  }
}
