import type { ErrorCode } from '@parley/protocol'

/** Answers that several routes give. */

/** What stands in an HTTP refusal besides the protocol's own codes. */
type AnswerCode = ErrorCode | 'address.unknown'

const STATUS: Partial<Record<AnswerCode, number>> = {
  'address.unknown': 404,
  'origin.refused': 403,
  'inbox.unknown': 404,
  'frame.malformed': 400,
  'frame.tooLarge': 413,
  'append.busy': 429,
  'auth.missing': 401,
  'auth.expired': 401,
  'auth.invalid': 401,
  'auth.forbidden': 403,
  'identity.invalid': 401,
  'identity.expired': 401,
  'identity.required': 401,
  'identity.unsupported': 403,
  'gateway.unavailable': 503
}

type Refusal = { readonly code: AnswerCode; readonly text?: string | undefined; readonly retryInMs?: number | undefined }

/** `{ "error": { "code", "text" } }` with the status that belongs to the code. */
export function refusal(error: Refusal, headers: Readonly<Record<string, string>> = {}): Response {
  const retry: Readonly<Record<string, string>> = error.retryInMs === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryInMs / 1000)) }
  return json({ error }, { status: STATUS[error.code] ?? 400, headers: { ...retry, ...headers } })
}

export const json = (value: unknown, init: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}): Response =>
  new Response(JSON.stringify(value), {
    status: init.status ?? 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...init.headers }
  })

export const plainText = (text: string, status = 200): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
