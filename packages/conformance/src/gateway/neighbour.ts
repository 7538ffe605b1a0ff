import { reasonOf } from '../check.js'
import type { Line } from './line.js'
import type { Visitor } from './visitor.js'

/** A client beside all that is tried: it talks on, and whatever is done to others must not reach it. */
export interface Neighbour {
  /** Says one thing; what goes wrong is kept for `troubles`. */
  talk(during: string): Promise<void>
  readonly troubles: readonly string[]
  readonly said: number
  /** Numbers acknowledged, in order. */
  readonly acked: readonly number[]
  readonly line: Line
}

export function createNeighbour(visitor: Visitor, line: Line): Neighbour {
  const troubles: string[] = []
  const acked: number[] = []
  let said = 0

  return {
    line,
    troubles,
    acked,
    get said() {
      return said
    },
    async talk(during) {
      said += 1
      try {
        const { ack } = await visitor.say(line, `message ${said} of a neighbour`)
        acked.push(ack.seq)
      } catch (thrown) {
        troubles.push(`during "${during}": ${reasonOf(thrown)}`)
      }
    }
  }
}
