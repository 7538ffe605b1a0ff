import * as v from 'valibot'
import { findForeignFault } from '../foreign.js'

/** Foreign input read: its value, or one sentence on what is wrong. Never an exception. */
export type Result<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly text: string }

type Schema<Value> = v.GenericSchema<unknown, Value>

/** Reads one foreign value: plain and small first, then by its schema. Unknown fields are left out. */
export function read<Value>(schema: Schema<Value>, input: unknown, mostValues?: number): Result<Value> {
  const fault = findForeignFault(input, mostValues)
  if (fault) return { ok: false, text: `The value holds ${fault}.` }
  const parsed = v.safeParse(schema, input, { abortEarly: true })
  if (parsed.success) return { ok: true, value: parsed.output }
  const [issue] = parsed.issues
  const path = v.getDotPath(issue)
  return { ok: false, text: `${path ? `"${path}": ` : ''}${issue.message}` }
}
