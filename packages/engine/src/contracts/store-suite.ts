import { describe } from 'vitest'
import { auditsContract, keptAuditsContract } from './store-audits.js'
import type { OpenStore } from './store-bench.js'
import { endsContract, keptEndsContract } from './store-ends.js'
import { keepingContract } from './store-keeping.js'
import { mergesContract } from './store-merges.js'
import { conversationsContract, numbersContract } from './store-numbers.js'
import { keptPersonsContract, personsContract } from './store-persons.js'
import { propertyContract } from './store-property.js'
import { readingContract } from './store-reading.js'
import { recordsContract } from './store-puts.js'
import { repeatsContract } from './store-repeats.js'

/**
 * Holds a store to its contract.
 * @param open a fresh, empty store for each sentence
 * @param options `keeps: false` for a store that forgets with the process (it is not asked what it kept), `seed` repeats a failed run of the property, `runs` is how many sequences it tries (60)
 */
export function storeContract(name: string, open: OpenStore, options: { readonly keeps?: boolean; readonly seed?: number; readonly runs?: number } = {}): void {
  describe(`${name}: store contract`, () => {
    numbersContract(open)
    conversationsContract(open)
    repeatsContract(open)
    endsContract(open)
    mergesContract(open)
    recordsContract(open)
    personsContract(open)
    auditsContract(open)
    readingContract(open)
    if (options.keeps ?? true) keepingContract(open)
    if (options.keeps ?? true) keptEndsContract(open)
    if (options.keeps ?? true) keptAuditsContract(open)
    if (options.keeps ?? true) keptPersonsContract(open)
    propertyContract(open, options)
  })
}
