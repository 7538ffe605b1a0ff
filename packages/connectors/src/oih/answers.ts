import type { ConnectorResponse } from '@parley/engine'

/** The few plain answers that machines get. */
const plain = (status: number, body: string): ConnectorResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body
})

export const OK = plain(200, 'OK')
export const NOT_FOUND = plain(404, 'Not found')
export const NOT_JSON = plain(400, 'The body must be JSON')
export const WRONG_METHOD: ConnectorResponse = { ...plain(405, 'POST is wanted'), headers: { allow: 'POST', 'content-type': 'text/plain; charset=utf-8' } }
export const NOT_NOW = plain(503, 'Not now')
