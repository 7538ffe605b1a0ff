import type { Json, Part } from '@parley/protocol'
import { shortText } from '../cut.js'
import { readCallback, readEnvelope } from '../inbound.js'
import { resultParts } from '../result-parts.js'

/** What a flow brought that nobody called. `id` tells a repeat; `null`: it has none. */
export type FlowResult = {
  readonly id: string | null
  readonly kind: 'result' | 'progress' | 'failed'
  readonly said: string | null
  readonly parts: readonly Part[]
}

const ID_CHARACTERS = 200

/**
 * Their body → what is told. Written as a callback is; `id` is the envelope's only beside `result`, `error` or
 * `progress`: anywhere else it is a field of the result like others, an article number perhaps.
 */
export function readFlowResult(body: Json): FlowResult {
  const { content } = readEnvelope(body)
  const { id, rest } = takeId(content)
  const callback = readCallback(rest, false)
  switch (callback.kind) {
    case 'failed':
      return { id, kind: 'failed', said: callback.text, parts: [] }
    case 'progress':
      return { id, kind: 'progress', said: callback.text ?? callback.step, parts: [] }
    case 'result':
      return { id, kind: 'result', said: null, parts: resultParts(callback.value) }
    // Nobody asked for a sign-in here.
    case 'signIn':
      return { id, kind: 'result', said: null, parts: resultParts(rest) }
    default:
      return callback satisfies never
  }
}

function takeId(content: Json): { readonly id: string | null; readonly rest: Json } {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return { id: null, rest: content }
  const { id, ...rest } = content as { readonly [key: string]: Json }
  const { error, progress } = rest
  const isEnvelope = Object.hasOwn(rest, 'result') || Boolean(error) || (typeof progress === 'object' && progress !== null)
  const text = shortText(typeof id === 'number' ? String(id) : id, ID_CHARACTERS)
  return isEnvelope ? { id: text ?? null, rest } : { id: null, rest: content }
}

/** The sentence above the result. */
export function resultText(name: string, { kind, said }: Pick<FlowResult, 'kind' | 'said'>): string {
  if (kind === 'failed') return `“${name}” reports a fault: ${said ?? ''}`
  if (kind === 'progress') return `“${name}”: ${said ?? ''}`
  return `“${name}” has a result:`
}
