import { idFromBytes } from '@parley/protocol'
import type { Chance, Seal } from '../host.js'
import { sha256 } from './sha-256.js'

const SECRET_BYTES = 32

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A seal as a gateway's, with a secret that ends with the page. It keeps nothing of what it is given. */
export function createPageSeal(chance: Chance): Seal {
  let secret: Uint8Array | null = null

  function keyed(bytes: Uint8Array): Uint8Array {
    secret ??= chance.bytes(SECRET_BYTES)
    const joined = new Uint8Array(secret.length + bytes.length)
    joined.set(secret)
    joined.set(bytes, secret.length)
    return sha256(joined)
  }

  return {
    // Twice, so that nobody can lengthen a text whose seal they have. The length in front keeps ("a", "bc") and ("ab", "c") apart.
    sign: (purpose, text) => idFromBytes(keyed(keyed(bytesOf(`${purpose.length}:${purpose}:${text}`)))),
    digest: (text) => idFromBytes(sha256(bytesOf(text))),
    // Whoever could measure the time sits in the same page and could read the secret itself.
    equal: (a, b) => a === b
  }
}
