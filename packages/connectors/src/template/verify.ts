import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ConnectorRequest } from '@parley/engine'
import { SIGNATURE_HEADER } from './types.js'

/** Who is calling? Looked at before anything in the body is believed; over the raw bytes, in constant time. */
export function isTheirs({ headers, body }: Pick<ConnectorRequest, 'headers' | 'body'>, secret: string): boolean {
  const wanted = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  const given = Buffer.from(headers[SIGNATURE_HEADER] ?? '')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
