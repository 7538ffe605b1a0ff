import type { ConnectorPort } from '@parley/engine'
import { type DmsHappening, fromDms } from '../dms/inbound.js'
import { readDmsBody } from '../dms/read-body.js'
import type { DmsBody, DmsCustomer } from '../dms/types.js'
import type { Talk } from './talk.js'

/**
 * What the hook brings, one after the other.
 * @returns takes one message; it is acknowledged when it stands in the conversation, and only then
 */
export function createHeard(port: ConnectorPort, talk: Talk, customer: DmsCustomer): (body: unknown, acknowledge: () => void) => void {
  const { inbox, log } = port
  let last: Promise<void> = Promise.resolve()

  async function take(value: unknown, acknowledge: () => void): Promise<void> {
    const read = readDmsBody(value)
    if (!read.ok) return log.warn({ inbox, fault: read.text }, 'a message of the hook could not be read')
    const { body } = read
    if (body.customerId !== customer.id) return log.warn({ inbox, type: body.type }, 'a message of the hook was for somebody else')
    if (body.type === 'unknown') log.warn({ inbox, type: body.was }, 'a message of the hook is of a type that is not known here')
    if (await happen(body)) acknowledge()
  }

  /** @returns does it stand in the conversation now? */
  async function happen(body: DmsBody): Promise<boolean> {
    for (const happening of fromDms(body)) if (!(await record(happening))) return false
    return true
  }

  async function record(happening: DmsHappening): Promise<boolean> {
    const conversation = talk.conversation()
    if (conversation === null) {
      log.warn({ inbox }, 'a message of the hook came before anything was said')
      return false
    }
    const { from } = happening
    switch (happening.kind) {
      case 'message': {
        const { externalId, parts } = happening
        const outcome = await port.append({ conversation, externalId, parts, ...(from && { from }) })
        if (outcome === 'ended') log.warn({ inbox, conversation }, 'a message of the hook came after the end of the conversation')
        return outcome !== 'ended'
      }
      case 'typing':
        port.typing(conversation, happening.forMs, from ?? undefined)
        return true
      case 'end':
        talk.over()
        await port.close(conversation, `${from?.name ?? 'The agent'} has ended the conversation`)
        return true
      default:
        return happening satisfies never
    }
  }

  return (body, acknowledge) => {
    last = last
      .then(() => take(body, acknowledge))
      .catch((thrown: unknown) =>
        log.error({ inbox, reason: thrown instanceof Error ? thrown.message : String(thrown) }, 'a message of the hook could not be recorded')
      )
  }
}
