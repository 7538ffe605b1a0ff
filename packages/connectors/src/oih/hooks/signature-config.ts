import * as v from 'valibot'
import type { ConfigResult } from '../../module.js'
import { readBySchema } from '../../read-config.js'

/** How a hook that wants one is signed: `runFlow.hmac` of the configuration, one entry for each flow. */
export type HookSignature = { readonly secret: string; readonly header: string; readonly algorithm: (typeof ALGORITHMS)[number] }

const ALGORITHMS = ['sha256', 'sha384', 'sha512', 'sha1'] as const

export const SIGNATURES_WANTED = 'an object { "<flow id>": { "secret": "env:…" } }'
const SECRET = 'the API key that the flow’s hook is checked with, 1 to 1000 characters'
const HEADER = 'the name of a header, like "x-hmac", and none of those that a hook has anyway'

/** Headers of a hook that a signature must not replace. */
const TAKEN = ['authorization', 'content-type', 'content-length', 'host', 'x-request-id']

const schema = v.strictObject(
  {
    secret: v.pipe(v.string(SECRET), v.minLength(1, SECRET), v.maxLength(1_000, SECRET)),
    header: v.optional(
      v.pipe(
        v.string(HEADER),
        v.regex(/^[A-Za-z0-9-]{1,64}$/, HEADER),
        v.toLowerCase(),
        v.check((name) => !TAKEN.includes(name), HEADER)
      ),
      'x-hmac'
    ),
    algorithm: v.optional(v.picklist(ALGORITHMS, 'one of sha256, sha384, sha512, sha1'), 'sha256')
  },
  'an object { "secret": "env:…", "header"?, "algorithm"? }'
)

/** @returns by the flow's id in small letters, or the first fault; a secret is never told */
export function readSignatures(written: Readonly<Record<string, unknown>>): ConfigResult<ReadonlyMap<string, HookSignature>> {
  const signatures = new Map<string, HookSignature>()
  for (const [flow, value] of Object.entries(written)) {
    const read = readBySchema(schema, value, ['', 'secret'])
    if (!read.ok) return { ...read, key: `runFlow.hmac.${flow}${read.key ? `.${read.key}` : ''}` }
    signatures.set(flow.toLowerCase(), read.value)
  }
  return { ok: true, value: signatures }
}
