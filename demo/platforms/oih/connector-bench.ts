import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CONNECTORS } from '@parley/connectors'
import type { Clock, Connector, ConnectorRequest } from '@parley/engine'
import { createFakePort, type FakePort, type Recording } from '@parley/engine/contracts'
import { type OihPlatform, type OihPlatformOptions, startOihPlatform } from './index.js'

/** The `oih` connector and the demo hub over loopback: everything but the engine and the browser is real. */

const clock: Clock = {
  now: () => Date.now(),
  setTimer(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  defer: (run) => void setImmediate(run)
}

type Settings = Readonly<Record<string, unknown>>
export type Line = {
  readonly hub: OihPlatform
  readonly port: FakePort
  connector(): Connector
  /** A visitor's command, taken by the connector. */
  start(command: string, args?: Parameters<FakePort['startRun']>[1], visitor?: string): Promise<Run>
  ended(run: string): Promise<void>
  of(run: string): readonly Recording[]
  /** The gateway starts again on the same records; what the hub calls reaches the new connector. */
  restart(): Promise<void>
  stop(): Promise<void>
}
type Run = ReturnType<FakePort['startRun']>['run']

/** @param makeSettings what is added to the configuration; a function of the hub where it needs to know it */
export async function openLine(
  makeSettings: Settings | ((hub: OihPlatform) => Settings) = {},
  makeOptions: OihPlatformOptions | ((publicUrl: string) => OihPlatformOptions) = {}
): Promise<Line> {
  const door = createServer((request, response) => void pass(request, response))
  const publicUrl = await listen(door)
  const options = typeof makeOptions === 'function' ? makeOptions(publicUrl) : makeOptions
  const hub = await startOihPlatform({ stepMs: 5, callbackBase: `${publicUrl}/hooks/flows`, ...options })
  const settings = typeof makeSettings === 'function' ? makeSettings(hub) : makeSettings
  const port = createFakePort({ clock, publicUrl })
  let connector = await createConnector(hub, settings)
  await connector.start(port)

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await connector.handleRequest?.(await requestOf(request))
    response.writeHead(answer?.status ?? 404, answer?.headers).end(answer?.body)
  }

  return {
    hub,
    port,
    connector: () => connector,
    async start(command, args = {}, visitor = 'visitor-one') {
      const delivery = port.startRun(command, args, { visitor })
      await connector.deliver(delivery)
      return delivery.run
    },
    ended: (run) => port.until((recorded) => recorded.some((one) => (one.did === 'finish' || one.did === 'fail') && one.run === run)),
    of: (run) => port.recorded.filter((one) => 'run' in one && one.run === run),
    async restart() {
      await connector.stop()
      connector = await createConnector(hub, settings)
      await connector.start(port)
    },
    async stop() {
      await connector.stop()
      await hub.stop()
      door.closeAllConnections()
      await new Promise((resolve) => door.close(resolve))
    }
  }
}

async function createConnector(hub: OihPlatform, settings: Settings): Promise<Connector> {
  const module = await CONNECTORS.oih?.()
  const commands = { auth: { flow: hub.flows.signIn }, me: { flow: hub.flows.profile } }
  const read = module?.readConfig({ webhooksUrl: hub.url, iamUrl: hub.url, secretsUrl: hub.url, token: hub.token, commands, ...settings })
  if (!module || !read?.ok) throw new Error(`the configuration is wrong: ${JSON.stringify(read)}`)
  return module.create(read.value)
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)))

async function requestOf(request: IncomingMessage): Promise<ConnectorRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://gateway')
  const [, door, , path = ''] = /^\/(hooks|accounts)\/([^/]+)\/(.*)$/.exec(pathname) ?? []
  const cookies = Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=') as [string, string]))
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  return {
    door: door === 'accounts' ? 'accounts' : 'hooks',
    method: request.method ?? '',
    path,
    query: Object.fromEntries(searchParams),
    headers,
    cookies,
    body: Buffer.concat(chunks)
  }
}
