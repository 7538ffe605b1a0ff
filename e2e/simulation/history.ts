import type { History, Row } from './history-facts.js'
import { deliveryFaults, logFaults, runFaults } from './history-log.js'
import { viewerFaults } from './history-viewers.js'

/**
 * What is wrong with this history; empty when nothing is. The idea: the log in the end is the
 * truth; all that was promised must be in it once, all that is in it must have been asked, and
 * nobody may ever have been shown anything that contradicts it.
 */
export function findFaults(history: History): string[] {
  const byId = new Map<string, Row[]>()
  for (const row of history.log) {
    const same = byId.get(row.messageId)
    if (same) same.push(row)
    else byId.set(row.messageId, [row])
  }
  return [
    ...logFaults(history, byId),
    ...runFaults(history.log),
    ...deliveryFaults(history.deliveries),
    ...history.viewers.flatMap((viewer) => viewerFaults(viewer, history, byId))
  ]
}
