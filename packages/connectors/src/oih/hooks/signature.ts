import { createHmac } from 'node:crypto'
import type { HookSignature } from './signature-config.js'

/**
 * The header that a hook with `hmacAuthSecret` wants: HMAC over the exact body, in Base64. Read from
 * openintegrationhub/openintegrationhub at 884a8d9a (2025-03-31): services/secret-service/src/util/crypto.js.
 */
export function signatureHeader({ secret, header, algorithm }: HookSignature, body: string): Readonly<Record<string, string>> {
  return { [header]: createHmac(algorithm, secret).update(body, 'utf8').digest('base64') }
}
