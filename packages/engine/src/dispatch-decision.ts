import type { DeliveryFault } from './connector.js'

/** First wait, and the longest, between two attempts. */
const FIRST_MS = 1_000
const LONGEST_MS = 60_000
/** After so many attempts, some ten minutes, the message is given up and the visitor told. */
const MOST_ATTEMPTS = 14

export type AfterFault = { readonly then: 'again'; readonly inMs: number } | { readonly then: 'give up' }

/**
 * What to do after an attempt that failed.
 * @param attempts made so far, this one included
 * @param fault `null` for anything that is not a DeliveryFault: a defect may pass, so it is tried again
 */
export function decideAfterFault(attempts: number, fault: Pick<DeliveryFault, 'retry' | 'retryInMs'> | null, random: number): AfterFault {
  if (fault?.retry === false || attempts >= MOST_ATTEMPTS) return { then: 'give up' }
  const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1))
  return { then: 'again', inMs: Math.round(Math.max(fault?.retryInMs ?? 0, grown * (0.5 + random / 2))) }
}
