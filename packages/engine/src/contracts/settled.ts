import type { FakeClock } from './fake-clock.js'

export type Settled =
  | { readonly state: 'given'; readonly value: unknown }
  | { readonly state: 'thrown'; readonly reason: unknown }
  | { readonly state: 'waiting' }

/** Time goes on in so many steps, and between them real work (a signature, for example) is let come to its end. */
const STEPS = 60

/** What comes of a call when the time has passed that any outside may take. */
export async function settled({ clock }: { readonly clock: FakeClock }, patienceMs: number, call: () => Promise<unknown> | undefined | void): Promise<Settled> {
  const answer: { found: Settled } = { found: { state: 'waiting' } }
  ;(async () => call())().then(
    (value) => {
      answer.found = { state: 'given', value }
    },
    (reason: unknown) => {
      answer.found = { state: 'thrown', reason }
    }
  )
  for (let step = 0; step < STEPS && answer.found.state === 'waiting'; step++) {
    await clock.advance(0)
    await realTurn()
    if (answer.found.state === 'waiting') await clock.advance(patienceMs / STEPS)
  }
  return answer.found
}

const realTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))
