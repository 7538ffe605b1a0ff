/**
 * How big each fault test is: `test` so that all of them fit into `npm test`, `prove` as the fault
 * plan wants it (`npm run prove`).
 */
const LOADS = {
  test: {
    randomFaults: { conversations: 10, devicesEach: 3, messages: 1_000, faults: 20, overMs: 8_000 },
    kills: { conversations: 5, devicesEach: 3, kills: 5, everyMs: 2_000, messagesPerS: 50 },
    cuts: { most: 400, every: 20, atOnce: 60 },
    shapes: { pairs: 6, messages: 20, atOnce: 16 },
    deadLine: { isIdleMeasured: false },
    missed: { rows: 5_000 },
    disk: { messages: 10 },
    tokens: { expiries: 40, devices: 40 },
    releases: { conversations: 3, devicesEach: 2, messages: 200, faults: 6, overMs: 4_000 }
  },
  prove: {
    randomFaults: { conversations: 20, devicesEach: 3, messages: 10_000, faults: 200, overMs: 80_000 },
    kills: { conversations: 20, devicesEach: 3, kills: 30, everyMs: 2_000, messagesPerS: 200 },
    cuts: { most: 400, every: 1, atOnce: 60 },
    shapes: { pairs: 45, messages: 20, atOnce: 14 },
    deadLine: { isIdleMeasured: true },
    missed: { rows: 5_000 },
    disk: { messages: 100 },
    tokens: { expiries: 200, devices: 20 },
    releases: { conversations: 10, devicesEach: 3, messages: 2_000, faults: 40, overMs: 20_000 }
  }
} as const

const IS_PROOF = process.env['PARLEY_LOAD'] === 'prove'
export const LOAD = IS_PROOF ? LOADS.prove : LOADS.test

/** Of all chance in these tests. */
export const SEED = Number(process.env['PARLEY_FAULT_SEED'] ?? 1)

/** Milliseconds that one test may take: far more than it should, because a hang must show as one. */
export const TIMEOUT_MS = IS_PROOF ? 600_000 : 90_000

/** Times are promised for a machine that does nothing else; `npm test` may run beside other work. */
export const allowMs = (promisedMs: number): number => (IS_PROOF ? promisedMs : promisedMs * 6)
