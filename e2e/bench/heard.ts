/** Who was told what: every message of a sender must reach a listener once, in order. */
export interface Heard {
  /** @returns the number of the next message of this sender */
  say(sender: string): number
  hear(listener: string, sender: string, number: number): void
  /** @param pairs who should have heard whom */
  faults(pairs: readonly (readonly [listener: string, sender: string])[]): Faults
}
export type Faults = { readonly said: number; readonly lost: number; readonly repeated: number; readonly swapped: number }

export function createHeard(): Heard {
  const said = new Map<string, number>()
  const heard = new Map<string, number[]>()
  return {
    say(sender) {
      const number = (said.get(sender) ?? 0) + 1
      said.set(sender, number)
      return number
    },
    hear(listener, sender, number) {
      const key = `${listener} ${sender}`
      const numbers = heard.get(key)
      if (numbers) numbers.push(number)
      else heard.set(key, [number])
    },
    faults(pairs) {
      let lost = 0
      let repeated = 0
      let swapped = 0
      for (const [listener, sender] of pairs) {
        const numbers = heard.get(`${listener} ${sender}`) ?? []
        const different = new Set(numbers).size
        lost += (said.get(sender) ?? 0) - different
        repeated += numbers.length - different
        swapped += numbers.filter((number, index) => number < (numbers[index - 1] ?? 0)).length
      }
      return { said: [...said.values()].reduce((sum, count) => sum + count, 0), lost, repeated, swapped }
    }
  }
}
