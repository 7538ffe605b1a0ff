/** One side of a conversation, whatever carries it. */
export interface Talker {
  readonly name: string
  say(text: string): void
  /** How its line is, in one word. */
  state(): string
  /** Said by this side and not confirmed yet. */
  waiting(): number
}

export type Count = { readonly sent: number; readonly acked: number; readonly shown: number; readonly lost: number; readonly doubled: number }

/** Counts what two sides say and hear. A message that was passed by a later one of the same side is lost: lines keep their order. */
export interface Tally {
  sent(): void
  acked(): void
  /** @param number of a message that `by` said, counted from 1 */
  heard(by: string, number: number): void
  /** One message was shown twice at once. */
  showedTwice(): void
  count(): Count
}

export function createTally(): Tally {
  const counts = { sent: 0, acked: 0, shown: 0, doubled: 0 }
  const heard = new Map<string, Set<number>>()
  return {
    sent: () => void counts.sent++,
    acked: () => void counts.acked++,
    showedTwice: () => void counts.doubled++,
    heard(by, number) {
      const numbers = heard.get(by) ?? new Set()
      heard.set(by, numbers)
      if (numbers.has(number)) counts.doubled++
      else counts.shown++
      numbers.add(number)
    },
    count() {
      const lost = [...heard.values()].reduce((sum, numbers) => sum + Math.max(0, ...numbers) - numbers.size, 0)
      return { ...counts, lost }
    }
  }
}
