import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from './config.js'
import { loadConfigFile } from './config-file.js'
import { createInboxes, operatorOrigins, type Registry } from './inboxes.js'
import { StartFault } from './start-fault.js'

const inboxes = { support: { connector: 'script' } }
const ENVIRONMENT = { PARLEY_SECRET: 'the very secret text of the operator', APP_PORT: '9000', BAD_PORT: 'ninety', EMPTY: '' }

/** The line that an operator reads. */
function complaint(config: unknown): string {
  try {
    readConfig(config, ENVIRONMENT)
  } catch (thrown) {
    if (thrown instanceof StartFault) return thrown.message
    throw thrown
  }
  return 'none'
}

const ORIGIN = 'the exact origin of a page: scheme, host and port, nothing behind it'
const PORT = 'a port, a whole number from 0 to 65535'
const INBOXES = 'an object with at least one inbox, { "support": { "connector": "…" } } for example'
const KNOWN = 'port, host, publicUrl, store, origins, secret, inboxes, identity, limits, audit, metrics, outbound, home, trustProxy'
const WHERE = '{ "url": "https://…/logs" } or { "amqp": "amqp://…" }'
const AUDIT_URL = 'the web address that takes audit records, without user, password or #, "https://audit.example.com/logs" for example'
const BROKER = 'the address of a broker, user and password in it, "amqps://…@broker.example.com:5671" for example'
const TOPIC = 'what stands before the name of a record: letters, digits, - and _, in parts with dots between them, 100 characters at most'

const WRONG: readonly (readonly [config: unknown, line: string])[] = [
  [null, 'the configuration: found null; wanted is an object'],
  [[], 'the configuration: found an empty list; wanted is an object'],
  ['env:NAME', 'the configuration: found "env:NAME", but NAME is not set; wanted is a value in the environment variable NAME'],
  [{}, `inboxes: found nothing; wanted is ${INBOXES}`],
  [{ inboxes: {} }, `inboxes: found an object; wanted is ${INBOXES}`],
  [{ inboxes: 'support' }, `inboxes: found "support"; wanted is ${INBOXES}`],
  [{ inboxes: { support: 'script' } }, 'inboxes.support: found "script"; wanted is an object { "connector": "…" }'],
  [{ inboxes: { support: {} } }, 'inboxes.support.connector: found nothing; wanted is the name of a connector'],
  [{ inboxes: { support: { connector: 7 } } }, 'inboxes.support.connector: found 7; wanted is the name of a connector'],
  [
    { inboxes: { 'My Inbox': { connector: 'script' } } },
    'inboxes.My Inbox: found the name "My Inbox"; wanted is small letters, digits and dashes, 32 at most, because it stands in addresses'
  ],
  [{ inboxes, prot: 80 }, `prot: found a key that is not known; wanted is "port" perhaps; known are ${KNOWN}`],
  [{ inboxes, Origins: [] }, `Origins: found a key that is not known; wanted is "origins" perhaps; known are ${KNOWN}`],
  [{ inboxes, completelyElse: 1 }, `completelyElse: found a key that is not known; wanted is one of ${KNOWN}`],
  [{ inboxes, port: 70000 }, `port: found 70000; wanted is ${PORT}`],
  [{ inboxes, port: -1 }, `port: found -1; wanted is ${PORT}`],
  [{ inboxes, port: 1.5 }, `port: found 1.5; wanted is ${PORT}`],
  [{ inboxes, port: '80a' }, `port: found "80a"; wanted is ${PORT}`],
  [{ inboxes, port: 'env:BAD_PORT' }, `port: found "env:BAD_PORT"; wanted is ${PORT}`],
  [{ inboxes, port: 'env:NOT_SET' }, 'port: found "env:NOT_SET", but NOT_SET is not set; wanted is a value in the environment variable NOT_SET'],
  [{ inboxes, secret: 'env:EMPTY' }, 'secret: found "env:EMPTY", but EMPTY is not set; wanted is a value in the environment variable EMPTY'],
  [
    { inboxes: { a: { connector: 'oih', login: { password: 'env:NONE' } } } },
    'inboxes.a.login.password: found "env:NONE", but NONE is not set; wanted is a value in the environment variable NONE'
  ],
  [
    { inboxes, secret: 'hunter2' },
    'secret: found a text of 7 characters; wanted is a text of at least 32 characters; leave the key out to have one made and kept in the store'
  ],
  [
    { inboxes, host: 'env:PARLEY_SECRET', publicUrl: 'env:PARLEY_SECRET' },
    `publicUrl: found "env:PARLEY_SECRET"; wanted is the address by which browsers and outside systems reach this gateway, without query, "https://chat.example.com" for example`
  ],
  [
    { inboxes, publicUrl: 'chat.example.com' },
    `publicUrl: found "chat.example.com"; wanted is the address by which browsers and outside systems reach this gateway, without query, "https://chat.example.com" for example`
  ],
  [{ inboxes, store: 7 }, 'store: found 7; wanted is "sqlite:" and the path of a file'],
  [{ inboxes, host: '' }, 'host: found ""; wanted is a host name or address to listen at, "0.0.0.0" for every network'],
  [{ inboxes, origins: 'https://www.example.com' }, `origins: found "https://www.example.com"; wanted is a list of origins, each ${ORIGIN}`],
  [{ inboxes, origins: ['*'] }, `origins.0: found "*"; wanted is ${ORIGIN}, "https://www.example.com" for example`],
  [
    { inboxes, origins: ['https://a.test', 'https://*.example.com'] },
    `origins.1: found "https://*.example.com"; wanted is ${ORIGIN}, "https://www.example.com" for example`
  ],
  [{ inboxes, origins: ['https://www.example.com/'] }, `origins.0: found "https://www.example.com/"; wanted is ${ORIGIN}, "https://www.example.com" perhaps`],
  [
    { inboxes, origins: ['https://www.example.com/shop?x'] },
    `origins.0: found "https://www.example.com/shop?x"; wanted is ${ORIGIN}, "https://www.example.com" perhaps`
  ],
  [
    { inboxes, origins: ['https://www.example.com:443'] },
    `origins.0: found "https://www.example.com:443"; wanted is ${ORIGIN}, "https://www.example.com" perhaps`
  ],
  [{ inboxes, origins: ['https://WWW.example.com'] }, `origins.0: found "https://WWW.example.com"; wanted is ${ORIGIN}, "https://www.example.com" perhaps`],
  [
    { inboxes, origins: ['https://münchen.example'] },
    `origins.0: found "https://münchen.example"; wanted is ${ORIGIN}, "https://xn--mnchen-3ya.example" perhaps`
  ],
  [{ inboxes, origins: ['null'] }, `origins.0: found "null"; wanted is ${ORIGIN}, "https://www.example.com" for example`],
  [{ inboxes, origins: ['file:///x'] }, `origins.0: found "file:///x"; wanted is ${ORIGIN}, "https://www.example.com" for example`],
  [
    { inboxes, limits: { frameByte: 1 } },
    'limits.frameByte: found a key that is not known; wanted is "frameBytes" perhaps; known are messagesPerSecond, burst, messagesPerSecondPerVisitor, burstPerVisitor, messagesPerSecondPerIp, burstPerIp, bodyBytes, frameBytes, connectionsPerIp, connectsPerSecond, connectBurst, sessionsPerMinutePerIp'
  ],
  [{ inboxes, limits: { bodyBytes: 10 } }, "limits.bodyBytes: found 10; wanted is the most bytes of a request's body, a whole number from 1024 to 67108864"],
  [
    { inboxes, metrics: { token: 'too short to be one' } },
    'metrics.token: found a text of 19 characters; wanted is a text of at least 32 characters, which whoever reads /metrics sends along'
  ],
  [{ inboxes, audit: {} }, `audit: found neither "url" nor "amqp"; wanted is where the records go, ${WHERE}`],
  [{ inboxes, audit: 'https://a.test' }, `audit: found "https://a.test"; wanted is an object ${WHERE}`],
  [{ inboxes, audit: { url: 'https://a.test/logs', amqp: 'amqp://b.test' } }, `audit: found both "url" and "amqp"; wanted is one of them, ${WHERE}`],
  [
    { inboxes, audit: { url: 'https://a.test/logs', exchange: 'x' } },
    'audit.exchange: found an exchange beside "url"; wanted is no exchange; it belongs to "amqp"'
  ],
  [
    { inboxes, audit: { amqp: 'amqp://b.test', token: 'hunter2' } },
    'audit.token: found a token beside "amqp"; wanted is no token; user and password stand in the address'
  ],
  [{ inboxes, audit: { url: 'amqp://user:hunter2@b.test' } }, `audit.url: found a text of 26 characters; wanted is ${AUDIT_URL}`],
  [{ inboxes, audit: { url: 'https://user:hunter2@a.test/logs' } }, `audit.url: found a text of 32 characters; wanted is ${AUDIT_URL}`],
  [{ inboxes, audit: { amqp: 'https://user:hunter2@b.test' } }, `audit.amqp: found a text of 27 characters; wanted is ${BROKER}`],
  [{ inboxes, audit: { amqp: 'amqp://' } }, `audit.amqp: found a text of 7 characters; wanted is ${BROKER}`],
  [{ inboxes, audit: { url: 'https://a.test/logs', topic: 'parley.' } }, `audit.topic: found "parley."; wanted is ${TOPIC}`],
  [
    { inboxes, audit: { url: 'https://a.test/logs', keep: 10 } },
    'audit.keep: found 10; wanted is how many audit records may wait, a whole number from 1000 to 100000000'
  ],
  [
    { inboxes, audit: { urls: 'https://a.test/logs' } },
    'audit.urls: found a key that is not known; wanted is "url" perhaps; known are url, token, amqp, exchange, topic, serviceName, keep'
  ],
  [{ inboxes, limits: [] }, 'limits: found an empty list; wanted is an object'],
  [{ inboxes, outbound: { allow: ['10.0.0.0/33'] } }, 'outbound.allow.0: found "10.0.0.0/33"; wanted is an address or a network, "10.0.0.0/8" for example'],
  [{ inboxes, outbound: { allow: ['localhost'] } }, 'outbound.allow.0: found "localhost"; wanted is an address or a network, "10.0.0.0/8" for example'],
  [{ inboxes, home: 'javascript:alert(1)' }, 'home: found "javascript:alert(1)"; wanted is a web address, "https://www.example.com/" for example'],
  [{ inboxes, trustProxy: 1 }, 'trustProxy: found 1; wanted is true or false'],
  [{ inboxes, port: { __proto__: null } }, `port: found an object; wanted is ${PORT}`],
  [{ inboxes, host: 'x'.repeat(200), store: null }, 'store: found null; wanted is "sqlite:" and the path of a file']
]

describe('a configuration', () => {
  test.each(WRONG)('%j is answered by one line', (config, line) => {
    expect(complaint(config)).toBe(line)
    expect(complaint(config)).not.toContain('\n')
  })

  test('that is right is filled in', () => {
    const { taken, ...config } = readConfig({ inboxes: { support: { connector: 'script', extra: ['env:PARLEY_SECRET'] } } }, ENVIRONMENT)
    expect(config).toEqual({
      port: 8080,
      host: '127.0.0.1',
      publicUrl: null,
      store: 'sqlite:./parley.db',
      origins: [],
      secret: null,
      identity: null,
      metricsToken: null,
      audit: null,
      home: null,
      trustProxy: false,
      outbound: { allow: [] },
      limits: {
        messagesPerSecond: 20,
        burst: 40,
        bodyBytes: 1_048_576,
        frameBytes: 65_536,
        connectionsPerIp: 200,
        connectsPerSecond: 400,
        connectBurst: 5_000,
        sessionsPerMinutePerIp: 120
      },
      inboxes: [{ name: 'support', connector: 'script', settings: { connector: 'script', extra: [ENVIRONMENT.PARLEY_SECRET] } }]
    })
    expect([...taken]).toEqual([['PARLEY_SECRET', ENVIRONMENT.PARLEY_SECRET]])
  })

  test('tells where audit records go', () => {
    const audit = (written: object) => readConfig({ inboxes, audit: written }, ENVIRONMENT).audit
    expect([
      audit({ url: 'https://a.test/logs', token: 'env:PARLEY_SECRET' }),
      audit({ amqp: 'amqps://user:p%40ss@b.test/chat?heartbeat=10', exchange: 'audit', topic: 'shop.chat', serviceName: 'chat', keep: '5000' }),
      audit({ amqp: 'amqp://b.test' })
    ]).toEqual([
      {
        to: { kind: 'http', url: 'https://a.test/logs', token: ENVIRONMENT.PARLEY_SECRET },
        topic: 'parley',
        serviceName: 'parley',
        keep: 1_000_000
      },
      {
        to: { kind: 'amqp', url: 'amqps://user:p%40ss@b.test/chat?heartbeat=10', exchange: 'audit' },
        topic: 'shop.chat',
        serviceName: 'chat',
        keep: 5_000
      },
      { to: { kind: 'amqp', url: 'amqp://b.test', exchange: 'event-bus' }, topic: 'parley', serviceName: 'parley', keep: 1_000_000 }
    ])
  })

  test('takes numbers and switches from the environment', () => {
    const { port, trustProxy, publicUrl } = readConfig(
      { inboxes, port: 'env:APP_PORT', trustProxy: 'true', publicUrl: 'https://chat.example.com/base/' },
      ENVIRONMENT
    )
    expect({ port, trustProxy, publicUrl }).toEqual({ port: 9000, trustProxy: true, publicUrl: 'https://chat.example.com/base' })
  })
})

describe('inboxes', () => {
  const registry: Registry = {
    oih: async () => ({
      readConfig: (value) => ({ ok: false, key: 'url', found: `"${(value as { url: string }).url}"`, wanted: 'a web address' }),
      create: () => {
        throw new Error('not reached')
      }
    })
  }
  const problem = (settings: object) =>
    createInboxes(readConfig({ inboxes: { flows: settings } }, ENVIRONMENT), registry).then(
      () => 'none',
      (thrown: Error) => thrown.message
    )

  test('tell what their connector does not like, without what came from the environment', async () => {
    expect(await problem({ connector: 'oih', url: 'env:PARLEY_SECRET' })).toBe('inboxes.flows.url: found "env:PARLEY_SECRET"; wanted is a web address')
  })

  test('tell which connectors there are', async () => {
    expect(await problem({ connector: 'oi' })).toBe('inboxes.flows.connector: found "oi"; wanted is "oih" perhaps; known are oih')
    expect(await problem({ connector: 'constructor' })).toBe('inboxes.flows.connector: found "constructor"; wanted is one of oih')
  })

  test('name the origins that the operator trusts', () => {
    const config = readConfig(
      { inboxes: { a: { connector: 'x', url: 'http://127.0.0.1:9/api/', more: { list: ['https://Hub.test/x?y', 'text', 'ftp://no.test'] } } } },
      {}
    )
    expect([...operatorOrigins(config)]).toEqual(['http://127.0.0.1:9', 'https://hub.test'])
  })
})

describe('a configuration file', () => {
  const inFolder = async (files: Record<string, string>, work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-config-'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    await work(folder).finally(() => rmSync(folder, { recursive: true }))
  }
  const problem = (path: string | undefined, folder: string) =>
    loadConfigFile(path, folder).then(
      () => 'none',
      (thrown: Error) => thrown.message
    )

  test('is JSON or a module, found by its name or by the default names', () =>
    inFolder({ 'parley.config.json': '{"port":1}', 'other.mjs': 'export default { port: 2 }' }, async (folder) => {
      expect([await loadConfigFile(undefined, folder), await loadConfigFile('other.mjs', folder)]).toEqual([{ port: 1 }, { port: 2 }])
    }))

  test('that cannot be read is answered by one line, which quotes nothing of it', () =>
    inFolder({ 'a.json': '{\n  "secret": "hunter2",\n}', 'b.mjs': 'export const x = 1', 'c.mjs': 'throw new Error("inside")' }, async (folder) => {
      expect([await problem('none.json', folder), await problem('a.json', folder), await problem('b.mjs', folder), await problem('c.mjs', folder)]).toEqual([
        '--config: found "none.json", which is not there; wanted is the path of a configuration',
        expect.stringMatching(/^--config: found "a.json", which is not JSON( \(line 3\))?; wanted is JSON without comments, or a \.js file$/),
        '--config: found "b.mjs" without a default export; wanted is "export default { … }"',
        '--config: found "c.mjs", which does not load (inside); wanted is a module with a default export'
      ])
      expect(await problem(undefined, folder)).toBe(
        `--config: found nothing, nor parley.config.js, parley.config.mjs, parley.config.json in ${folder}; wanted is the path of a configuration`
      )
    }))
})
