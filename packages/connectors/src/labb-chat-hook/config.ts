import * as v from 'valibot'
import type { ConfigResult } from '../module.js'
import { readBySchema } from '../read-config.js'

/** The configuration of a `labb-chat-hook` inbox, with its defaults filled in. */
export type LabbChatHookConfig = {
  /** The whole address that Pega shows for the connection. */
  readonly url: string
  /** The connection's id. */
  readonly issuer: string
  readonly secret: string
  /** Whoever says a customer's number is that customer, and is brought what came for the number meanwhile. */
  readonly trustCustomerId: boolean
  /** Calls without a token of Pega's are refused. */
  readonly webhookAuth: boolean
}

const URL_WANTED = 'the web address that Pega Digital Messaging shows for the connection, without user name or fragment'
const ISSUER_WANTED = 'the connection id that Pega Digital Messaging shows, 1 to 200 printable characters without blanks'
const text = (wanted: string) => v.pipe(v.string(wanted), v.minLength(1, wanted))
const isWebAddress = (found: string): boolean => {
  if (!URL.canParse(found)) return false
  const { protocol, username, password, hash } = new URL(found)
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === ''
}

const configSchema = v.strictObject(
  {
    connector: v.optional(v.literal('labb-chat-hook')),
    url: v.pipe(v.string(URL_WANTED), v.check(isWebAddress, URL_WANTED)),
    // It travels in a header.
    issuer: v.pipe(text(ISSUER_WANTED), v.regex(/^[\x21-\x7e]{1,200}$/, ISSUER_WANTED)),
    secret: text('the JWT secret that Pega Digital Messaging shows'),
    trustCustomerId: v.optional(v.boolean('true or false'), false),
    webhookAuth: v.optional(v.boolean('true, or false where Pega sends no token'), true)
  },
  'an object'
)

export function readConfig(value: unknown): ConfigResult<LabbChatHookConfig> {
  const read = readBySchema(configSchema, value, ['secret'])
  if (!read.ok) return read
  const { connector: _, ...config } = read.value
  return { ok: true, value: config }
}
