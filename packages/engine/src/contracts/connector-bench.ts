import type { Arguments, EventBodies, EventType, RunId } from '@parley/protocol'
import type { Connector, ConnectorPort, ConnectorRequest, Delivery, Fetch } from '../connector.js'
import { createFakeClock, type FakeClock } from './fake-clock.js'
import { createFakePort, type FakePort } from './fake-port.js'

/** One connector, fresh, with what the suite must know of it. */
export type ConnectorCase = {
  readonly connector: Connector
  /** Whatever in its configuration or in the answers of the outside nobody may see. */
  readonly secrets: readonly string[]
  /** The outside, as it answers when all is well. */
  readonly fetch: Fetch
  /** Commands that reach the outside; none where the connector has none. */
  readonly runs?: readonly { readonly command: string; readonly args: Arguments }[]
  /** Calls by which the outside reports on a run it has taken, each good, the last one its result. */
  callbacks?(port: ConnectorPort, run: RunId): readonly ConnectorRequest[]
  /** What else reaches the outside, the body as the protocol has it. Default: one of each kind in `receives`. */
  readonly events?: readonly SampleEvent[]
  /** Calls by which the outside answers a message it has taken, each good, each with something new to record. */
  answers?(port: ConnectorPort, message: Delivery): readonly ConnectorRequest[] | Promise<readonly ConnectorRequest[]>
  /** Addresses of its own that are worth attacking, besides the general ones. */
  readonly paths?: readonly string[]
}

export type SampleEvent = { readonly [Type in EventType]: { readonly type: Type; readonly body: EventBodies[Type] } }[EventType]

export type MakeConnectorCase = () => ConnectorCase | Promise<ConnectorCase>

export type Bench = {
  readonly it: ConnectorCase
  readonly port: FakePort
  readonly clock: FakeClock
  readonly asked: readonly string[]
  fetchBy(fetch: Fetch): void
}

/** A started connector at a fake port; every address it asks is kept. */
export async function openBench(make: MakeConnectorCase): Promise<Bench> {
  const it = await make()
  const clock = createFakeClock()
  const asked: string[] = []
  let answer = it.fetch
  const fetch: Fetch = (url, init) => {
    asked.push(`${init?.method ?? 'GET'} ${url}`)
    return answer(url, init)
  }
  const port = createFakePort({ clock, fetch })
  await it.connector.start(port)
  return { it, port, clock, asked, fetchBy: (next) => void (answer = next) }
}

/** A delivery that remembers whether it was marked as sent. */
export function watched(delivery: Delivery): Delivery & { wasSent(): boolean } {
  let sent = false
  return {
    ...delivery,
    wasSent: () => sent,
    async markSent() {
      await delivery.markSent()
      sent = true
    }
  }
}

export const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const requestOf = (over: Partial<ConnectorRequest>): ConnectorRequest => ({
  door: 'hooks',
  method: 'POST',
  path: '',
  query: {},
  headers: { 'content-type': 'application/json' },
  cookies: {},
  body: new Uint8Array(),
  ...over
})
