/** Source: FIPS 180-4, section 4.2.2: the first 32 bits of the fractions of the cube roots of the first 64 primes. */
const ROUNDS = Int32Array.from(
  [
    '428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174',
    'e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da 983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967',
    '27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070',
    '19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2'
  ].flatMap((line) => line.split(' ')),
  (word) => Number.parseInt(word, 16)
)

type State = readonly [number, number, number, number, number, number, number, number]
/** Section 5.3.3: the same of the square roots of the first eight. */
const FIRST: State = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]

const BLOCK = 64

/**
 * SHA-256 that answers at once: `crypto.subtle` answers later, and pages on plain `http://` have none.
 * @returns 32 bytes
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  const blocks = padded(bytes)
  const schedule = new DataView(new ArrayBuffer(4 * ROUNDS.length))
  let state = FIRST
  for (let at = 0; at < blocks.byteLength; at += BLOCK) {
    fill(schedule, blocks, at)
    state = compress(state, schedule)
  }
  const digest = new DataView(new ArrayBuffer(4 * state.length))
  for (const [index, word] of state.entries()) digest.setInt32(4 * index, word)
  return new Uint8Array(digest.buffer)
}

/** A one bit, zeros, and the length in bits, up to a whole block. */
function padded(bytes: Uint8Array): DataView {
  const whole = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK)
  whole.set(bytes)
  whole[bytes.length] = 0x80
  const view = new DataView(whole.buffer)
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(whole.length - 4, bytes.length * 8)
  return view
}

const turn = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

function fill(schedule: DataView, blocks: DataView, at: number): void {
  const word = (index: number): number => schedule.getInt32(4 * index)
  for (let index = 0; index < 16; index++) schedule.setInt32(4 * index, blocks.getInt32(at + 4 * index))
  for (let index = 16; index < ROUNDS.length; index++) {
    const [early, late] = [word(index - 15), word(index - 2)]
    const mixed = (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10))
    schedule.setInt32(4 * index, mixed + word(index - 16) + word(index - 7))
  }
}

function compress(state: State, schedule: DataView): State {
  let [a, b, c, d, e, f, g, h] = state
  ROUNDS.forEach((constant, round) => {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + constant + schedule.getInt32(4 * round)) | 0
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  })
  const [i, j, k, l, m, n, o, p] = state
  return [(i + a) | 0, (j + b) | 0, (k + c) | 0, (l + d) | 0, (m + e) | 0, (n + f) | 0, (o + g) | 0, (p + h) | 0]
}
