/** Tells a page what happens, as server-sent events. */

/** Whoever has so many pieces waiting does not read; the browser comes back by itself and begins anew. */
const MOST_WAITING = 500

export type SendEvent = (event: string, data: unknown) => void

/** @param begin sends what there is, then each change. @returns what ends it */
export function eventStream(begin: (send: SendEvent) => () => void): Response {
  const encoder = new TextEncoder()
  let isOver = false
  let end = (): void => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      end = begin((event, data) => {
        if (isOver) return
        controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
        if ((controller.desiredSize ?? 0) > -MOST_WAITING) return
        isOver = true
        end()
        controller.close()
      })
    },
    cancel() {
      isOver = true
      end()
    }
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}
