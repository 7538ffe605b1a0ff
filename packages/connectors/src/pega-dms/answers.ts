import type { ConnectorResponse } from '@parley/engine'

/** What the webhook answers; the words of the first two are those that the class of `dms-client-channel` says. */
const plain = (status: number, body: string): ConnectorResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body
})

export const SUCCESS = plain(200, 'success')
export const FORBIDDEN = plain(403, 'forbidden')
export const NOT_FOUND = plain(404, 'Nobody here is known under this customer_id.')
export const NO_ADDRESS = plain(404, 'Not found')
export const OVER = plain(410, 'The conversation is over: nobody has seen this.')
export const TOO_LARGE = plain(413, 'The body is too large.')
export const NOT_NOW = plain(503, 'Not now')
export const NOT_JSON = plain(400, 'The body must be JSON in UTF-8.')
export const malformed = (text: string): ConnectorResponse => plain(400, text)
export const WRONG_METHOD: ConnectorResponse = { ...plain(405, 'POST is wanted'), headers: { allow: 'POST', 'content-type': 'text/plain; charset=utf-8' } }
