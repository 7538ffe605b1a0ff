import * as v from 'valibot'
import type { ConfigResult } from './module.js'

/**
 * Reads a configuration by its schema and turns the first fault into key, found and wanted.
 * @param secrets keys whose value is never told, not even when it is wrong
 */
export function readBySchema<Config>(schema: v.GenericSchema<unknown, Config>, value: unknown, secrets: readonly string[]): ConfigResult<Config> {
  const parsed = v.safeParse(schema, value, { abortEarly: true })
  if (parsed.success) return { ok: true, value: parsed.output }
  const [issue] = parsed.issues
  const key = v.getDotPath(issue) ?? ''
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return { ok: false, key, found: 'an unknown key', wanted: `one of ${knownKeys(schema, key).join(', ')}` }
  // A missing key is told by the object it is missing in; what is wanted there, the key's own schema knows.
  const wanted = issue.received === 'undefined' && key ? wantedAt(schema, key) : issue.message
  const found = issue.received === 'undefined' ? 'nothing' : secrets.includes(key) ? kindOf(issue.input) : issue.received
  return { ok: false, key, found: found.slice(0, 100), wanted }
}

const kindOf = (value: unknown): string => (typeof value === 'string' ? `a text of ${value.length} characters` : `a ${typeof value}`)

type Nested = {
  readonly entries?: Readonly<Record<string, unknown>>
  readonly wrapped?: unknown
  readonly pipe?: readonly unknown[]
  /** Of a list, of a map. */
  readonly item?: unknown
  readonly value?: unknown
}

function entriesOf(schema: unknown): Readonly<Record<string, unknown>> {
  const { entries, wrapped, pipe } = (schema ?? {}) as Nested
  return entries ?? (wrapped ? entriesOf(wrapped) : pipe?.[0] ? entriesOf(pipe[0]) : {})
}

function memberOf(schema: unknown): unknown {
  const { item, value, wrapped, pipe } = (schema ?? {}) as Nested
  return item ?? value ?? (wrapped ? memberOf(wrapped) : pipe?.[0] ? memberOf(pipe[0]) : undefined)
}

const schemaAt = (schema: unknown, path: readonly string[]): unknown => path.reduce((found: unknown, name) => entriesOf(found)[name] ?? memberOf(found), schema)

/** The keys that stand beside the unknown one. */
const knownKeys = (schema: unknown, key: string): readonly string[] => Object.keys(entriesOf(schemaAt(schema, key.split('.').slice(0, -1))))

function wantedAt(schema: unknown, key: string): string {
  const parsed = v.safeParse(schemaAt(schema, key.split('.')) as v.GenericSchema, undefined)
  return parsed.issues?.[0]?.message ?? 'a value'
}
