import { base64FromBytes, bytesFromBase64, readSecret } from './secret.js'

/**
 * Signatures by the Standard Webhooks convention (specification 1.0.0, symmetric, `v1`): HMAC-SHA-256 over
 * `id.timestamp.body`. With WebCrypto, so it works in Node and in a page of a secure context.
 */

/** How far the time of a signature may be from the receiver's own clock. */
const WINDOW_S = 300
/** A header with more signatures than any rotation needs is not looked through. */
const MOST_SIGNATURES = 10

/** No full stop: it parts the id from the time, so with one in it the same bytes could be read as another message. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,200}$/
const TIMESTAMP = /^[0-9]{1,11}$/

export type WebhookHeaders = { readonly 'webhook-id': string; readonly 'webhook-timestamp': string; readonly 'webhook-signature': string }
export type Verified = { readonly ok: true; readonly id: string; readonly timestamp: number } | { readonly ok: false; readonly text: string }

/**
 * The three headers of a request.
 * @param secrets the one in use, and while it is being replaced the other one, too
 * @param message `id` without a full stop, the same at every attempt; `now` in ms since 1970; `body` as it is sent, `''` for none
 * @throws TypeError for an id or a secret that the convention does not know
 */
export async function signWebhook(
  secrets: readonly string[],
  { id, now, body }: { readonly id: string; readonly now: number; readonly body: string | Uint8Array }
): Promise<WebhookHeaders> {
  if (!ID.test(id)) throw new TypeError('signWebhook: an id has 1 to 200 printable characters and no full stop')
  const timestamp = String(Math.floor(now / 1_000))
  const content = signedContent(id, timestamp, body)
  const signatures = await Promise.all(secrets.map(async (secret) => `v1,${await signatureOf(secret, content)}`))
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

/**
 * Who sent it, before anything in it is believed. Compares in constant time.
 * @param request `headers` by names in lower case; `body` the raw bytes; `now` in ms since 1970, of the receiver's own clock
 * @returns `id` to tell repeats by; `text` says what is wrong and nothing of what would be right
 */
export async function verifyWebhook(
  secrets: readonly string[],
  { headers, body, now }: { readonly headers: Readonly<Record<string, string | undefined>>; readonly body: string | Uint8Array; readonly now: number }
): Promise<Verified> {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signature = '' } = headers
  if (!ID.test(id)) return refused('webhook-id is missing, or not 1 to 200 printable characters without a full stop')
  if (!TIMESTAMP.test(timestamp)) return refused('webhook-timestamp is missing, or not a number of whole seconds since 1970')
  if (Math.abs(Math.floor(now / 1_000) - Number(timestamp)) > WINDOW_S) return refused(`webhook-timestamp is more than ${WINDOW_S} seconds off`)
  const given = signaturesIn(signature)
  if (given.length === 0) return refused('webhook-signature is missing, or holds no signature "v1,<Base64>"')
  const content = signedContent(id, timestamp, body)
  for (const secret of secrets) {
    const key = await importKey(secret, 'verify')
    for (const one of given) if (await crypto.subtle.verify('HMAC', key, one, content)) return { ok: true, id, timestamp: Number(timestamp) }
  }
  return refused('webhook-signature does not fit')
}

const refused = (text: string): Verified => ({ ok: false, text })

/** Signatures of other versions are passed by, as the convention has it. */
function signaturesIn(header: string): readonly Uint8Array<ArrayBuffer>[] {
  if (header.length > 2_000) return []
  const found = header
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => bytesFromBase64(one.slice(3)))
  return found.filter((bytes) => bytes?.length === 32).slice(0, MOST_SIGNATURES) as readonly Uint8Array<ArrayBuffer>[]
}

function signedContent(id: string, timestamp: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const head = encoder.encode(`${id}.${timestamp}.`)
  const rest = typeof body === 'string' ? encoder.encode(body) : body
  const content = new Uint8Array(head.length + rest.length)
  content.set(head)
  content.set(rest, head.length)
  return content
}

async function signatureOf(secret: string, content: Uint8Array<ArrayBuffer>): Promise<string> {
  return base64FromBytes(new Uint8Array(await crypto.subtle.sign('HMAC', await importKey(secret, 'sign'), content)))
}

function importKey(secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> {
  const bytes = readSecret(secret)
  if (!bytes) throw new TypeError('a signing secret is not as it must be')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [use])
}
