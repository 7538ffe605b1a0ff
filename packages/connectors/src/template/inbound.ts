import { findForeignFault, type Part } from '@parley/protocol'
import type { InboundAuthor } from '@parley/engine'
import * as v from 'valibot'
import type { TheirBody } from './types.js'

/** Their body → what happened here. Pure, so that recorded bodies are all that its tests need. */
export type Happening =
  | { readonly kind: 'message'; readonly externalId: string; readonly parts: readonly Part[]; readonly from?: InboundAuthor }
  | { readonly kind: 'typing'; readonly forMs: number }
  | { readonly kind: 'end'; readonly reason: string }

/** They say that somebody types, and not for how long. */
const TYPING_FOR_MS = 5_000

const id = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/))
const conversation = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(30_000))
const agent = v.object({ id, name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)) })
/** One schema for everything foreign. Fields that it does not name are left out. */
const body = v.variant('type', [
  v.object({ type: v.literal('text'), conversation, message_id: id, text, agent: v.optional(agent) }),
  v.object({ type: v.literal('typing'), conversation }),
  v.object({ type: v.literal('end'), conversation })
])
const anyType = v.object({ type: v.string() })

/** @returns `null` for what is not of theirs; a type that is new is no fault */
export function readBody(value: unknown): TheirBody | null {
  // Before any schema: depth, size, and keys like __proto__.
  if (findForeignFault(value) !== null) return null
  const read = v.safeParse(body, value)
  if (read.success) return read.output
  const named = v.safeParse(anyType, value)
  return named.success && !['text', 'typing', 'end'].includes(named.output.type) ? { type: 'unknown' } : null
}

export function fromTheirs(theirs: TheirBody): readonly Happening[] {
  switch (theirs.type) {
    case 'text': {
      const { agent: who, text: said, message_id: externalId } = theirs
      const from: InboundAuthor | undefined = who && { key: who.id, name: who.name, role: 'agent' }
      return [{ kind: 'message', externalId, parts: [{ kind: 'text', text: said }], ...(from ? { from } : {}) }]
    }
    case 'typing':
      return [{ kind: 'typing', forMs: TYPING_FOR_MS }]
    case 'end':
      return [{ kind: 'end', reason: 'The other side ended the conversation.' }]
    default:
      return []
  }
}
