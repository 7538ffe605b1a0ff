import { expect, test } from 'vitest'
import { readConfig } from '../config.js'
import { createGateway } from '../gateway.js'
import { createListLog } from '../testing/open-doors.js'
import { labbChatHookConfig } from './config.js'
import { refuseSharedConnection } from './shared-connection.js'

const SECRET = 'a secret that nobody sees'
const DMS = { url: 'https://incoming.example.com/messages', issuer: 'connection-1', secret: SECRET }
const identity = { secret: 'the secret of the host, 32 letters or more' }
const LINE =
  'inboxes.old.issuer: found the connection of "pega", whose visitors "identity" names: old clients could speak as any of them; wanted is a connection at Pega of its own, or no "identity"'

type Written = { readonly pega?: object; readonly old?: object; readonly identity?: object }
const written = ({ pega = {}, old = {}, ...more }: Written): object => ({
  inboxes: { old: { connector: 'labb-chat-hook', ...DMS, ...old }, pega: { connector: 'pega-dms', ...DMS, ...pega } },
  ...more
})
function complaint(config: object, environment = {}): string | null {
  try {
    refuseSharedConnection(readConfig(config, environment))
    return null
  } catch (thrown) {
    return String((thrown as Error).message)
  }
}

test.each<[string, Written, string | null]>([
  ['beside named visitors', { identity }, LINE],
  ['beside named visitors, at an address that is written in another way', { identity, pega: { url: 'https://INCOMING.example.com/messages/' } }, LINE],
  ['beside named visitors, where numbers are believed', { identity, old: { trustCustomerId: true } }, LINE],
  ['where nobody is named', {}, null],
  ['beside named visitors of another connection', { identity, pega: { issuer: 'connection-2' } }, null],
  ['beside named visitors of another Pega', { identity, pega: { url: 'https://incoming.example.org/messages' } }, null],
  ['beside named visitors of another kind of inbox', { identity, pega: { connector: 'script' } }, null]
])('old clients on the connection of pega-dms, %s: %j', (_, config, line) => {
  expect(complaint(written(config))).toBe(line)
})

test('the four variables alone name nobody', () => {
  const environment = { ALLOWED_ORIGIN: 'https://www.example.com', DMS_URL: DMS.url, JWT_ISSUER: DMS.issuer, JWT_SECRET: SECRET }
  expect(complaint(labbChatHookConfig(environment), environment)).toBe(null)
})

test('a gateway does not start with it', async () => {
  const gateway = createGateway(
    { ...written({ identity }), store: 'sqlite::memory:', port: 0 },
    { log: createListLog(), environment: {}, widgetDir: '/nowhere' }
  )
  await expect(gateway.start()).rejects.toThrow(LINE)
})
