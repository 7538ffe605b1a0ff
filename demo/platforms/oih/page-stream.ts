import type { AuditLog, AuditRecord } from './audit-log.js'
import type { RecordedEvent } from './bus.js'
import type { PlatformState } from './state.js'
import type { Views } from './views.js'

/** What the hub's page is told as it happens, as server-sent events: all there is at first, then each change. */

/** As many as the page shows. */
const AT_FIRST = 100
/** Whoever has so many pieces waiting does not read; the browser comes back by itself and begins anew. */
const MOST_WAITING = 500

export function pageStream(state: PlatformState, audit: AuditLog, views: Views): Response {
  const encoder = new TextEncoder()
  let close = (): void => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let isFlowsSet = false
      const send = (event: string, data: unknown): void => {
        controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
        if ((controller.desiredSize ?? 0) > -MOST_WAITING) return
        close()
        controller.close()
      }
      const sendFlows = (): void => {
        isFlowsSet = false
        send('flows', shownFlows(state, views))
      }
      send('snapshot', {
        flows: shownFlows(state, views),
        events: state.bus.events.slice(-AT_FIRST).map(shownEvent),
        audit: audit.records.slice(-AT_FIRST).map(shownRecord)
      })
      let cancelFlows = (): void => {}
      const unwatch = [
        state.bus.watch((event) => send('event', shownEvent(event))),
        audit.watch((record) => send('audit', shownRecord(record))),
        // What changes at once is told at once.
        state.changes.watch(() => {
          if (isFlowsSet) return
          isFlowsSet = true
          cancelFlows = state.clock.setTimer(0, sendFlows)
        })
      ]
      close = () => {
        cancelFlows()
        for (const stop of unwatch) stop()
      }
    },
    cancel: () => close()
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}

/** Without settings and fields, where secrets stand. */
const shownFlows = ({ flows }: PlatformState, views: Views): readonly object[] =>
  [...flows.values()].map(({ id, name, description, type, cron }) => ({ id, name, description, type, cron, ...views.of(id) }))

function shownEvent({ number, headers, payload, lostBy }: RecordedEvent): object {
  const { id, flowId, flow } = payload as { readonly id?: string; readonly flowId?: string; readonly flow?: { readonly id: string } }
  return { number, at: headers.createdAt, name: headers.name, service: headers.serviceName, flow: id ?? flowId ?? flow?.id ?? null, lostBy }
}

const shownRecord = ({ headers, payload }: AuditRecord): object => ({ at: headers.createdAt, name: headers.name, service: headers.serviceName, payload })
