import { createRequire } from 'node:module'
import type { SessionAnswer } from '@parley/protocol'

/** Frames as they stand in the protocol's own lists, good and bad. */
export type Golden = { readonly from?: string; readonly frame: string; readonly why: string; readonly payload: unknown }

const require = createRequire(import.meta.url)
/** Data, not code: read as it was published with the protocol. */
export const GOOD = require('@parley/protocol/good.json') as readonly Golden[]
export const BAD = require('@parley/protocol/bad.json') as readonly Golden[]

/** The ids that stand for whoever sends it. */
const CONVERSATION = 'BBBBBBBBBBBBBBBBBBBBBB'
const TOKEN = 't'

/** The same frame as this visitor would send it, so that nothing but what it is about is odd. */
export function sentBy({ conversation, token }: SessionAnswer, payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return payload
  return JSON.parse(
    JSON.stringify(payload, (key: string, value: unknown) => {
      if (value === CONVERSATION) return conversation
      return key === 'token' && value === TOKEN ? token : value
    })
  )
}
