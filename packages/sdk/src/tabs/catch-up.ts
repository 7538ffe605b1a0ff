import { LIMITS, type ServerFrame, type Standing, type Welcome, type WelcomeConversation } from '@parley/protocol'
import type { Log } from '../cursor.js'

/**
 * What brings another tab up to date from what this one holds: a `welcome` as the gateway would say it, then the rows.
 * What this one still waits for, and what a tab that is ahead of it has already, comes to both.
 */
export function catchUpFrames(log: Log, told: Welcome, here: WelcomeConversation, standing: Standing): readonly ServerFrame[] {
  const { floor, cursor } = log.conversation
  const place = placeOf(log, here, standing)
  const frames: ServerFrame[] = [
    { name: 'welcome', payload: { ...told, conversations: [{ ...here, ...place, epoch: log.epoch ?? here.epoch, head: Math.max(here.head, cursor) }] } }
  ]
  for (let from = place.from; from <= cursor; from += LIMITS.pageEvents) {
    const events = log.events.slice(from - floor - 1, from - floor - 1 + LIMITS.pageEvents)
    frames.push({ name: 'events', payload: { conversation: here.id, log: 'public', epoch: log.epoch ?? here.epoch, from, events } })
  }
  return frames
}

function placeOf(log: Log, here: WelcomeConversation, standing: Standing): Pick<WelcomeConversation, 'from' | 'reset'> {
  const { floor, cursor } = log.conversation
  const newestPage = Math.max(floor + 1, cursor - LIMITS.pageEvents + 1)
  if (standing.cursor === 0) return { from: newestPage, reset: standing.epoch !== null && standing.epoch !== log.epoch }
  if (standing.epoch !== log.epoch || standing.cursor > Math.max(cursor, here.head)) return { from: newestPage, reset: true }
  const held = log.events[standing.cursor - floor - 1]
  const isSame = held ? held.messageId === standing.tail : standing.cursor >= floor
  return isSame ? { from: standing.cursor + 1, reset: false } : { from: newestPage, reset: true }
}
