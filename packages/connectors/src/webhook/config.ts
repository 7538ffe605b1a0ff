import type { EventType } from '@parley/protocol'
import * as v from 'valibot'
import type { ConfigResult } from '../module.js'
import { readBySchema } from '../read-config.js'
import { readSecret, SECRET_WANTED } from './secret.js'

/** The configuration of a `webhook` inbox, with its defaults filled in. */
export type WebhookConfig = {
  readonly url: string
  /** The one in use first, then the one before it. None: nothing is signed, and no call from outside is taken. */
  readonly secrets: readonly string[]
  /** How the bot is called. Absent: as its manifest says. */
  readonly name: string | undefined
  readonly receives: readonly EventType[]
  readonly manifestUrl: string | undefined
  /** How many recent events go along. */
  readonly context: number
  readonly timeoutMs: number
  readonly runTimeoutMs: number
}

/** What happens here by the name that a bot reads, and the event behind it. */
export const TYPES = {
  message: 'message.created',
  answer: 'answer.given',
  command: 'run.started',
  opened: 'conversation.opened',
  closed: 'conversation.closed'
} as const satisfies Record<string, EventType>
export type WebhookType = keyof typeof TYPES

const NAMES = Object.keys(TYPES) as readonly WebhookType[]
const RECEIVES = `a list of some of ${NAMES.map((name) => `"${name}"`).join(', ')}, each once`
const ADDRESS = 'an http or https address without user name or fragment, like https://bot.example.com/chat'
const NAME = 'a name of 1 to 100 characters'

const address = v.pipe(
  v.string(ADDRESS),
  v.check((text) => isAddress(text), ADDRESS)
)
const secret = v.pipe(
  v.string(SECRET_WANTED),
  v.check((text) => readSecret(text) !== null, SECRET_WANTED)
)
const whole = (wanted: string, least: number, most: number) => v.pipe(v.number(wanted), v.integer(wanted), v.minValue(least, wanted), v.maxValue(most, wanted))

/** What may stand in a `webhook` inbox. The message of a schema says what is wanted. */
export const configSchema = v.strictObject(
  {
    connector: v.optional(v.literal('webhook', '"webhook"')),
    url: address,
    secret: v.optional(secret),
    previousSecret: v.optional(secret),
    unsigned: v.optional(v.boolean('true or false'), false),
    name: v.optional(v.pipe(v.string(NAME), v.minLength(1, NAME), v.maxLength(100, NAME))),
    receives: v.optional(
      v.pipe(
        v.array(v.picklist(NAMES, RECEIVES), RECEIVES),
        v.minLength(1, RECEIVES),
        v.check((names) => new Set(names).size === names.length, RECEIVES)
      ),
      ['message', 'answer', 'command']
    ),
    manifestUrl: v.optional(address),
    context: v.optional(whole('a whole number from 0 to 50', 0, 50), 10),
    // The gateway itself waits 15 seconds for an answer, and no longer.
    timeoutMs: v.optional(whole('a number of milliseconds from 1000 to 15000', 1_000, 15_000), 10_000),
    // A day: longer and the visitor has forgotten what was asked.
    runTimeoutMs: v.optional(whole('a number of milliseconds from 1000 to 86400000', 1_000, 86_400_000), 600_000)
  },
  'an object'
)

/** What somebody writes into the configuration, or hands over in a page. */
export type WebhookSettings = v.InferInput<typeof configSchema>

export function readConfig(value: unknown): ConfigResult<WebhookConfig> {
  const read = readBySchema(configSchema, value, ['secret', 'previousSecret'])
  if (!read.ok) return read
  const { secret: current, previousSecret, unsigned, receives, connector: _, ...rest } = read.value
  if (unsigned && (current ?? previousSecret) !== undefined)
    return { ok: false, key: 'unsigned', found: 'true beside a secret', wanted: 'either a secret, or "unsigned": true' }
  if (!unsigned && current === undefined)
    return { ok: false, key: 'secret', found: 'nothing', wanted: `${SECRET_WANTED}; in a page and in a network that you trust, "unsigned": true instead` }
  return {
    ok: true,
    value: {
      url: rest.url,
      secrets: [current, previousSecret].filter((one) => one !== undefined),
      name: rest.name,
      receives: receives.map((name) => TYPES[name]),
      manifestUrl: rest.manifestUrl,
      context: rest.context,
      timeoutMs: rest.timeoutMs,
      runTimeoutMs: rest.runTimeoutMs
    }
  }
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && !username && !password && !hash
}
