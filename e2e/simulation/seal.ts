import type { Seal } from '@parley/engine'
import { idFromBytes } from '@parley/protocol'

/**
 * Hashes that spread well and keep no secret: in a simulated world nobody forges, and a real one
 * would take most of the time.
 */
export const simulatedSeal: Seal = {
  sign: (purpose, text) => hash(`${purpose}\n${text}`),
  digest: (text) => hash(text),
  equal: (one, other) => one === other
}

/** 43 characters: eight words of 32 bits, mixed from two running ones. */
function hash(text: string): string {
  let [one, other] = [0xdeadbeef, 0x41c6ce57]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    one = Math.imul(one ^ code, 2_654_435_761)
    other = Math.imul(other ^ code, 1_597_334_677)
  }
  const bytes = new Uint8Array(32)
  const words = new DataView(bytes.buffer)
  for (let place = 0; place < 32; place += 8) {
    one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(other ^ (other >>> 13), 3_266_489_909)
    other = Math.imul(other ^ (other >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909)
    words.setUint32(place, one >>> 0)
    words.setUint32(place + 4, other >>> 0)
  }
  return idFromBytes(bytes)
}
