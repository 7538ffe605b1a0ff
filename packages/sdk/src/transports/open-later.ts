import type { OpenTransport, Transport } from '@parley/protocol'
import type { Clock } from '../clock.js'
import { createLine } from './line.js'

/** A way whose code is still to be fetched: until then the line is one that is not open yet. */
export function openLater(load: () => Promise<OpenTransport>, clock: Clock): OpenTransport {
  return (hello, events) => {
    let opened: Transport | null = null
    const before = createLine({ clock, events, isOpen: () => false, emit: () => {}, drop: () => {} })
    load()
      .then((open) => {
        if (!before.isOver()) opened = open(hello, events)
      })
      .catch((reason: unknown) => before.lost(`No connection: ${String(reason)}.`))
    return {
      request: (name, payload) => (opened ?? before.transport).request(name, payload),
      close: () => (opened ?? before.transport).close()
    }
  }
}
