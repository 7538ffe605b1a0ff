import { idFromBytes } from '@parley/protocol'
import type { Chance, Seal } from '../host.js'

const BYTES = 32

/**
 * A seal without a hash: pages on plain `http://` have no `crypto.subtle`. What a gateway signs must read the same after
 * a restart and be made by nobody else; here everything ends with the page. So a random text for each purpose and text,
 * remembered for as long, is as good: the same in, the same out, and nobody can foresee it.
 */
export function createPageSeal(chance: Chance): Seal {
  const given = new Map<string, string>()

  function remembered(key: string): string {
    const found = given.get(key) ?? idFromBytes(chance.bytes(BYTES))
    given.set(key, found)
    return found
  }

  return {
    // The length in front keeps ("a", "bc") and ("ab", "c") apart.
    sign: (purpose, text) => remembered(`${purpose.length}:${purpose}:${text}`),
    digest: (text) => remembered(`digest:${text}`),
    // Whoever could measure the time sits in the same page and could read the secret itself.
    equal: (a, b) => a === b
  }
}
