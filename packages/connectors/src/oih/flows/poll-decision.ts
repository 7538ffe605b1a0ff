/** The longest wait between two looks at a platform that is away. */
const LONGEST_MS = 60_000

/** How long until the next look: as configured, and twice as long for each time in a row that the platform was away. */
export const nextPollMs = (pollMs: number, failures: number): number => Math.min(Math.max(pollMs, LONGEST_MS), pollMs * 2 ** Math.min(failures, 20))
