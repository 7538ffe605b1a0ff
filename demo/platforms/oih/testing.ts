import { createFakeClock, type FakeClock } from '@parley/engine/contracts'
import { type OihPlatform, type OihPlatformOptions, startOihPlatform } from './index.js'

/** A hub whose time stands still until a test pushes it, and short ways to ask it. */
export type Bench = {
  readonly hub: OihPlatform
  readonly clock: FakeClock
  /** @returns status and body, read as JSON where it is */
  ask(path: string, init?: AskInit): Promise<Answer>
  /** `name service` of all events since the last time, in order, with who lost them. */
  newEvents(): readonly string[]
  /** The status that repository, webhooks and orchestrator have. */
  views(flow: string): readonly (string | null)[]
}
type Answer = readonly [status: number, body: unknown]
export type AskInit = { readonly method?: string; readonly as?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }

export async function openBench(options: OihPlatformOptions = {}): Promise<Bench> {
  const clock = createFakeClock()
  const hub = await startOihPlatform({ clock, stepMs: 1_000, tickMs: 10_000, ...options })
  let seen = 0

  return {
    hub,
    clock,
    async ask(path, { method, as, body, headers } = {}) {
      const response = await fetch(`${hub.url}${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        redirect: 'manual',
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(as === undefined ? {} : { authorization: `Bearer ${hub.tokenOf(as)}` }),
          ...headers
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })
      })
      const text = await response.text()
      return [response.status, response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text]
    },
    newEvents() {
      const events = hub.events.filter(({ number }) => number > seen)
      seen = events.at(-1)?.number ?? seen
      return events.map(({ headers, lostBy }) =>
        [`${headers.name} ${headers.serviceName}`, ...(lostBy.length > 0 ? [`lost by ${lostBy.join(', ')}`] : [])].join(', ')
      )
    },
    views(flow) {
      const { repository, webhooks, orchestrator } = hub.viewsOf(flow)
      return [repository, webhooks, orchestrator]
    }
  }
}
