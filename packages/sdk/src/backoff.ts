/** The shortest wait between two attempts, and the base of the first. */
export const SHORTEST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to wait before the next connection attempt: decorrelated jitter,
 * so clients dropped together do not come back together, however long the outage.
 * @param previousMs the last delay, 500 at first
 * @param random a number from 0 up to 1
 * @returns milliseconds, between 500 and 30,000
 */
export const nextDelayMs = (previousMs: number, random: () => number): number => Math.min(LONGEST_MS, SHORTEST_MS + random() * (3 * previousMs - SHORTEST_MS))
