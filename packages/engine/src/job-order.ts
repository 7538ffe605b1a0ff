import type { Job } from './records.js'

/**
 * Jobs in the order in which they were made, those that do not say when first. Within a conversation the numbers decide,
 * whatever the clock did.
 * @returns a list of its own
 */
export function inOrderMade(jobs: readonly Job[]): readonly Job[] {
  const latest = new Map<string, number>()
  const placed = [...jobs].sort(byConversationAndSeq).map((job) => {
    const at = Math.max(job.queuedAt ?? 0, latest.get(job.conversation) ?? 0)
    latest.set(job.conversation, at)
    return { job, at }
  })
  // Stable: what was made at one moment stays by conversation and number.
  return placed.sort((a, b) => a.at - b.at).map(({ job }) => job)
}

const byConversationAndSeq = (a: Job, b: Job): number => (a.conversation === b.conversation ? a.seq - b.seq : a.conversation < b.conversation ? -1 : 1)
