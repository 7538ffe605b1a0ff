import { isIP } from 'node:net'
import { LIMITS } from '@parley/protocol'
import * as v from 'valibot'

/** What a configuration may hold. The message of a schema says what is wanted. */

const whole = (least: number, most: number, what: string) => {
  const wanted = `${what}, a whole number from ${least} to ${most}`
  // From the environment numbers come as text.
  return v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number))], wanted),
    v.integer(wanted),
    v.minValue(least, wanted),
    v.maxValue(most, wanted)
  )
}
const text = (wanted: string) => v.pipe(v.string(wanted), v.minLength(1, wanted))
const isWebAddress = (found: string): boolean => URL.canParse(found) && /^https?:$/.test(new URL(found).protocol)

const PUBLIC_URL = 'the address by which browsers and outside systems reach this gateway, without query, "https://chat.example.com" for example'
const publicUrl = v.pipe(
  v.string(PUBLIC_URL),
  v.check((found) => isWebAddress(found) && !/[?#@]/.test(found), PUBLIC_URL),
  v.transform((found) => found.replace(/\/+$/, ''))
)

const ORIGIN = 'the exact origin of a page: scheme, host and port, nothing behind it'
/** What a browser would send for this page, when it can be told. */
const originOf = (found: string): string | null => (isWebAddress(found) ? new URL(found).origin : null)
/** One of the pages that may use the gateway. */
export const origin = v.pipe(
  v.string(ORIGIN),
  v.check(
    (found) => originOf(found) === found && !found.includes('*'),
    (issue) => {
      const near = originOf(issue.input)
      return near && !near.includes('*') ? `${ORIGIN}, "${near}" perhaps` : `${ORIGIN}, "https://www.example.com" for example`
    }
  )
)

const SECRET = 'a text of at least 32 characters; leave the key out to have one made and kept in the store'
const INBOXES = 'an object with at least one inbox, { "support": { "connector": "…" } } for example'
const CONNECTOR = 'the name of a connector'
/** Inboxes stand in addresses. */
export const INBOX_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/

const NETWORK = 'an address or a network, "10.0.0.0/8" for example'
function isNetwork(found: string): boolean {
  const [address = '', bits, ...more] = found.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** An object with these keys and no others; a list is none. */
const section = <Entries extends v.ObjectEntries>(entries: Entries, wanted: string) =>
  v.pipe(
    v.unknown(),
    v.check((found) => !Array.isArray(found), wanted),
    v.strictObject(entries, wanted)
  )

const LIMIT_ENTRIES = {
  messagesPerSecond: v.optional(whole(1, 10_000, 'how many frames a second one connection may send'), LIMITS.messagesPerSecond),
  burst: v.optional(whole(1, 100_000, 'how many frames one connection may send at once'), LIMITS.burst),
  messagesPerSecondPerVisitor: v.optional(whole(1, 1_000_000, 'how many frames a second one visitor may send over all connections')),
  burstPerVisitor: v.optional(whole(1, 10_000_000, 'how many frames one visitor may send at once over all connections')),
  messagesPerSecondPerIp: v.optional(whole(1, 1_000_000, 'how many frames a second may come from one address')),
  burstPerIp: v.optional(whole(1, 10_000_000, 'how many frames may come from one address at once')),
  bodyBytes: v.optional(whole(1_024, 67_108_864, "the most bytes of a request's body"), 1_048_576),
  frameBytes: v.optional(whole(4_096, 1_048_576, 'the most bytes of a frame'), LIMITS.frameBytes),
  connectionsPerIp: v.optional(whole(1, 1_000_000, 'how many connections one address may hold'), 200),
  connectsPerSecond: v.optional(whole(1, 100_000, 'how many connections a second are let in'), 400),
  connectBurst: v.optional(whole(1, 1_000_000, 'how many connections are let in at once'), 5_000),
  sessionsPerMinutePerIp: v.optional(whole(1, 1_000_000, 'how many sessions one address may ask for in a minute'), 120)
}
const OUTBOUND_ENTRIES = {
  allow: v.optional(v.array(v.pipe(v.string(NETWORK), v.check(isNetwork, NETWORK)), `a list of networks, each ${NETWORK}`), [])
}
const IDENTITY_SECRET = 'a text of at least 32 characters, the one that your server signs identity tokens with'
const IDENTITY_ENTRIES = {
  secret: v.pipe(v.string(IDENTITY_SECRET), v.minLength(32, IDENTITY_SECRET)),
  previousSecret: v.optional(v.pipe(v.string(IDENTITY_SECRET), v.minLength(32, IDENTITY_SECRET))),
  issuer: v.optional(text('the "iss" of your tokens')),
  audience: v.optional(text('the "aud" of your tokens'))
}
const METRICS_TOKEN = 'a text of at least 32 characters, which whoever reads /metrics sends along'
const METRICS_ENTRIES = { token: v.pipe(v.string(METRICS_TOKEN), v.minLength(32, METRICS_TOKEN)) }
const AUDIT_URL = 'the web address that takes audit records, without user, password or #, "https://audit.example.com/logs" for example'
const AUDIT_AMQP = 'the address of a broker, user and password in it, "amqps://…@broker.example.com:5671" for example'
const AUDIT_TOPIC = 'what stands before the name of a record: letters, digits, - and _, in parts with dots between them, 100 characters at most'
const isBroker = (found: string): boolean => URL.canParse(found) && /^amqps?:$/.test(new URL(found).protocol) && new URL(found).hostname !== ''
const AUDIT_ENTRIES = {
  url: v.optional(
    v.pipe(
      v.string(AUDIT_URL),
      v.check((found) => isWebAddress(found) && new URL(found).username === '' && new URL(found).password === '' && !found.includes('#'), AUDIT_URL)
    )
  ),
  token: v.optional(text('what is sent along as "Authorization: Bearer …"')),
  amqp: v.optional(v.pipe(v.string(AUDIT_AMQP), v.check(isBroker, AUDIT_AMQP))),
  exchange: v.optional(v.pipe(text('the name of an exchange'), v.maxLength(127, 'the name of an exchange, 127 characters at most'))),
  topic: v.optional(v.pipe(v.string(AUDIT_TOPIC), v.regex(/^[\w-]+(\.[\w-]+)*$/, AUDIT_TOPIC), v.maxLength(100, AUDIT_TOPIC)), 'parley'),
  serviceName: v.optional(v.pipe(text('how this gateway is called in the audit log'), v.maxLength(100, 'a name of 100 characters at most')), 'parley'),
  keep: v.optional(whole(1_000, 100_000_000, 'how many audit records may wait'), 1_000_000)
}
const ENTRIES = {
  port: v.optional(whole(0, 65_535, 'a port'), 8080),
  host: v.optional(text('a host name or address to listen at, "0.0.0.0" for every network'), '127.0.0.1'),
  publicUrl: v.optional(publicUrl),
  store: v.optional(text('"sqlite:" and the path of a file'), 'sqlite:./parley.db'),
  origins: v.optional(v.array(origin, `a list of origins, each ${ORIGIN}`), []),
  secret: v.optional(v.pipe(v.string(SECRET), v.minLength(32, SECRET))),
  inboxes: v.optional(v.record(v.string(), v.looseObject({ connector: v.optional(v.string(CONNECTOR)) }, 'an object { "connector": "…" }'), INBOXES)),
  identity: v.optional(section(IDENTITY_ENTRIES, 'an object { "secret": "env:IDENTITY_SECRET" }')),
  limits: v.optional(section(LIMIT_ENTRIES, 'an object'), {}),
  audit: v.optional(section(AUDIT_ENTRIES, 'an object { "url": "https://…/logs" } or { "amqp": "amqp://…" }')),
  metrics: v.optional(section(METRICS_ENTRIES, 'an object { "token": "env:METRICS_TOKEN" }')),
  outbound: v.optional(section(OUTBOUND_ENTRIES, 'an object { "allow": [] }'), {}),
  home: v.optional(v.pipe(v.string('a web address'), v.check(isWebAddress, 'a web address, "https://www.example.com/" for example'))),
  trustProxy: v.optional(
    v.union(
      [
        v.boolean(),
        v.pipe(
          v.picklist(['true', 'false']),
          v.transform((found) => found === 'true')
        )
      ],
      'true or false'
    ),
    false
  )
}

export const configSchema = section(ENTRIES, 'an object')
export type WrittenConfig = v.InferOutput<typeof configSchema>

/** The names known at a place, for complaints. */
export const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(ENTRIES),
  audit: Object.keys(AUDIT_ENTRIES),
  identity: Object.keys(IDENTITY_ENTRIES),
  limits: Object.keys(LIMIT_ENTRIES),
  metrics: Object.keys(METRICS_ENTRIES),
  outbound: Object.keys(OUTBOUND_ENTRIES)
}
export const WANTED = {
  inboxes: INBOXES,
  connector: CONNECTOR,
  inboxName: 'small letters, digits and dashes, 32 at most, because it stands in addresses'
} as const
/** Keys whose value is never told. */
export const SECRET_KEYS: ReadonlySet<string> = new Set([
  'secret',
  'identity.secret',
  'identity.previousSecret',
  'metrics.token',
  'audit.url',
  'audit.token',
  'audit.amqp'
])
