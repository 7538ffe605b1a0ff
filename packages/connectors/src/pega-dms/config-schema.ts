import * as v from 'valibot'

const URL_WANTED = 'the whole address that Pega shows for the connection, like https://incoming.example.com/messages'
const ISSUER_WANTED = 'the id of the connection at Pega, 1 to 200 printable characters without blanks'
const SECRET_WANTED = 'the JWT secret of the connection at Pega, 1 to 4096 characters'
const NAME_WANTED = 'how the other side is called in the chat, 1 to 100 characters'
const CONTEXT_WANTED = 'an object of at most 20 texts, like { "site": "shop" }, with keys of 1 to 64 characters and values of at most 1000'
const CONTEXT_KEY = /^[^\p{C}]{1,64}$/u
/** Refused by every reader of JSON. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

const entry = (pattern: RegExp, most: number) => v.pipe(v.string(CONTEXT_WANTED), v.regex(pattern, CONTEXT_WANTED), v.maxLength(most, CONTEXT_WANTED))

/** What may stand in a `pega-dms` inbox. The message of a schema says what is wanted. */
export const configSchema = v.strictObject(
  {
    connector: v.optional(v.literal('pega-dms', '"pega-dms"')),
    url: v.pipe(v.string(URL_WANTED), v.check(isWholeAddress, `${URL_WANTED}, without user name or fragment`)),
    issuer: v.pipe(v.string(ISSUER_WANTED), v.regex(/^[\x21-\x7e]{1,200}$/, ISSUER_WANTED)),
    secret: v.pipe(v.string(SECRET_WANTED), v.minLength(1, SECRET_WANTED), v.maxLength(4_096, SECRET_WANTED)),
    name: v.optional(v.pipe(v.string(NAME_WANTED), v.trim(), v.minLength(1, NAME_WANTED), v.maxLength(100, NAME_WANTED)), 'Assistant'),
    context: v.optional(
      v.pipe(
        // A record leaves the keys of JavaScript out without a word.
        v.custom<object>(isRecord, CONTEXT_WANTED),
        v.record(entry(CONTEXT_KEY, 64), entry(/^[\s\S]*$/, 1_000), CONTEXT_WANTED),
        v.check((context) => Object.keys(context).length <= 20, CONTEXT_WANTED)
      ),
      {}
    ),
    webhookAuth: v.optional(v.boolean('true or false'), true)
  },
  'an object'
)

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.keys(value).some((key) => FORBIDDEN_KEYS.has(key))
}

/** A query may stand in it: the address belongs to Pega. */
function isWholeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && !username && !password && !hash
}
