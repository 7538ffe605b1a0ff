import type { Connector, UnnumberedEvent } from './connector.js'
import { type Host, reasonOf } from './host.js'
import type { NewEvent, NewJob } from './records.js'

type Receiver = { readonly inbox: string; readonly connector: Connector }

/** What is to be delivered of an event to an inbox's connector; `null` when that does not take its kind. */
export function jobFor(host: Pick<Host, 'clock' | 'log'>, { inbox, connector }: Receiver, event: NewEvent): NewJob | null {
  if (!connector.capabilities.receives.some((type) => type === event.type)) return null
  const now = host.clock.now()
  const lane = laneIn(host, { inbox, connector }, event)
  return { inbox, dueAt: now, queuedAt: now, ...(lane !== null && { lane }) }
}

function laneIn({ log }: Pick<Host, 'log'>, { inbox, connector }: Receiver, { conversation, messageId, type, author, at, body }: NewEvent): string | null {
  try {
    return connector.laneOf?.({ messageId, type, author, at, body } as UnnumberedEvent) ?? null
  } catch (thrown) {
    log.error({ inbox, conversation, type, reason: reasonOf(thrown) }, 'a connector named no lane for an event')
    return null
  }
}
