import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { createGateway, type Gateway } from '../gateway.js'
import { createListLog } from '../testing/open-doors.js'
import { labbChatHookConfig } from './config.js'
import { connectOld, type Dms, ISSUER, type OldClient, openDms, ORIGIN, SECRET } from './testing.js'

/** A gateway in the place of a Labb Chat Hook, by its four variables, on a real file and a real port; and who talks to it. */
export type LabbBench = {
  readonly log: ReturnType<typeof createListLog>
  dms(): Dms
  url(): string
  start(variables?: Readonly<Record<string, string>>, more?: object): Promise<void>
  stop(): Promise<void>
  connect(options?: Parameters<typeof connectOld>[1]): Promise<OldClient>
  environment(variables?: Readonly<Record<string, string>>): Record<string, string>
  folder(): string
}

export function labbBench(): LabbBench {
  const log = createListLog()
  const clients: OldClient[] = []
  let folder = ''
  let dms: Dms | null = null
  let gateway: Gateway | null = null
  let url = ''

  const environment = (variables: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    ALLOWED_ORIGIN: ORIGIN,
    DMS_URL: dms?.url ?? '',
    JWT_ISSUER: ISSUER,
    JWT_SECRET: SECRET,
    PORT: '0',
    PARLEY_STORE: `sqlite:${join(folder, 'parley.db')}`,
    ...variables
  })
  async function stop(): Promise<void> {
    await gateway?.stop()
    gateway = null
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-labb-'))
    dms = await openDms()
    log.lines.length = 0
  })
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.disconnect()
    await stop()
    await dms?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  return {
    log,
    environment,
    stop,
    folder: () => folder,
    url: () => url,
    dms() {
      if (!dms) throw new Error('the DMS is not open')
      return dms
    },
    async start(variables, more = {}) {
      const read = environment(variables)
      gateway = createGateway({ ...labbChatHookConfig(read), host: '127.0.0.1', ...more }, { log, environment: read, widgetDir: folder })
      url = (await gateway.start()).url
    },
    async connect(options) {
      const client = await connectOld(url, options)
      clients.push(client)
      return client
    }
  }
}
