import * as v from 'valibot'
import type { ConfigResult } from '../module.js'
import { readBySchema } from '../read-config.js'

/** The section of an inbox in the configuration, with its defaults filled in. */
export type Config = { readonly url: string; readonly token: string; readonly secret: string; readonly name: string }

const ADDRESS = 'an http or https address, https://bot.example.com/messages for example'
const TOKEN = 'the token that they gave you, 1 to 4000 characters'
const SECRET = 'the secret that signs their calls, at least 16 characters'
const NAME = 'a name of 1 to 100 characters'

/** The message of a schema says what is wanted: the operator reads it. */
const schema = v.strictObject(
  {
    connector: v.optional(v.literal('template', '"template"')),
    url: v.pipe(
      v.string(ADDRESS),
      v.check((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), ADDRESS)
    ),
    token: v.pipe(v.string(TOKEN), v.minLength(1, TOKEN), v.maxLength(4_000, TOKEN)),
    secret: v.pipe(v.string(SECRET), v.minLength(16, SECRET)),
    name: v.optional(v.pipe(v.string(NAME), v.minLength(1, NAME), v.maxLength(100, NAME)), 'Assistant')
  },
  'an object'
)

export function readConfig(value: unknown): ConfigResult<Config> {
  // Keys that are listed here are never quoted, not even when they are wrong.
  const read = readBySchema(schema, value, ['token', 'secret'])
  return read.ok ? { ok: true, value: { url: read.value.url, token: read.value.token, secret: read.value.secret, name: read.value.name } } : read
}
