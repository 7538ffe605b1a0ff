import type { ConnectorResponse } from '@parley/engine'

/** What bots are answered when they call. */
const json = (status: number, body: object): ConnectorResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body)
})

export const OK = json(200, { ok: true })
export const STARTED = json(202, { ok: true })
export const NOT_FOUND = json(404, { error: 'There is nothing at this address.' })
export const NO_CONVERSATION = json(404, { error: 'There is no such conversation in this inbox.' })
export const NO_RUN = json(404, { error: 'There is no such run in this conversation.' })
export const OVER = json(410, { error: 'It is over: nothing can be said there any more.' })
export const NOT_NOW = json(503, { error: 'This could not be recorded now. Send it again.' })
export const WRONG_METHOD: ConnectorResponse = { ...json(405, { error: 'POST is wanted.' }), headers: { 'content-type': 'application/json', allow: 'POST' } }

export const unsigned = (text: string): ConnectorResponse => json(401, { error: `The call is not signed as wanted: ${text}.` })
export const malformed = (text: string): ConnectorResponse => json(400, { error: text })
