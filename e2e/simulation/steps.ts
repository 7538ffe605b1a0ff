import { createChance } from './chance.js'

/** What can happen to a world. */
export const STEP_WEIGHTS = {
  idle: 14,
  send: 30,
  work: 9,
  mixed: 3,
  pick: 4,
  say: 5,
  cancel: 4,
  discard: 4,
  retry: 2,
  look: 3,
  type: 2,
  loadEarlier: 2,
  cut: 8,
  stray: 5,
  stall: 4,
  heal: 5,
  crashDevice: 4,
  startDevice: 6,
  wipe: 1,
  freeze: 2,
  thaw: 4,
  offline: 2,
  online: 4,
  crashGateway: 4,
  startGateway: 7,
  drain: 2,
  revoke: 1,
  restore: 1,
  close: 1
} as const
export type StepKind = keyof typeof STEP_WEIGHTS

/** Time passes, then one thing happens. `device` counts from 0, modulo those there are; `some` is a number from 0 to 99 for the step's own use. */
export type Step = { readonly waitMs: number; readonly kind: StepKind; readonly device: number; readonly some: number }

const KINDS = Object.keys(STEP_WEIGHTS) as StepKind[]
const TOTAL = KINDS.reduce((sum, kind) => sum + STEP_WEIGHTS[kind], 0)

/** The steps of a seed; a longer plan begins like a shorter one. */
export function planSteps(seed: number, count: number): readonly Step[] {
  const chance = createChance(seed ^ 0x5bd1e995)
  const kind = (): StepKind => {
    let left = chance.between(0, TOTAL - 1)
    return KINDS.find((one) => (left -= STEP_WEIGHTS[one]) < 0) ?? 'idle'
  }
  const waitMs = (): number => {
    const share = chance.fraction()
    if (share < 0.4) return chance.between(0, 5)
    if (share < 0.8) return chance.between(5, 300)
    return share < 0.96 ? chance.between(300, 3_000) : chance.between(3_000, 40_000)
  }
  return Array.from({ length: count }, () => ({ waitMs: waitMs(), kind: kind(), device: chance.between(0, 11), some: chance.between(0, 99) }))
}

/** A step as a person reads it. */
export const stepText = ({ waitMs, kind, device, some }: Step): string => `+${waitMs} ms ${kind} (device ${device}, ${some})`
