import type { Json } from '@parley/protocol'
import { shortText } from './cut.js'

/** What a flow's last step can tell. */
export type Callback =
  | { readonly kind: 'progress'; readonly step: string; readonly text?: string; readonly fraction?: number }
  | { readonly kind: 'failed'; readonly text: string; readonly isAccountGone: boolean }
  | { readonly kind: 'signIn'; readonly url: string }
  | { readonly kind: 'result'; readonly value: Json }

/** A callback's body, parted: how it finds its run, and what it says. */
export type Envelope = {
  /** `null`: it says nothing of a run, as the components of the first trial do. */
  readonly correlation: { readonly runId: string; readonly replyToken: string } | null
  readonly flow: string | undefined
  readonly content: Json
}

type JsonObject = { readonly [key: string]: Json }
const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Parts a body. The correlation is for machines: it is in no result. */
export function readEnvelope(body: Json): Envelope {
  if (!isObject(body)) return { correlation: null, flow: undefined, content: body }
  const { correlation, ...content } = body
  const found = isObject(correlation) ? correlation : {}
  const flow = textOf(body.flowId ?? found.flowId).toLowerCase() || undefined
  return { correlation: correlation === undefined ? null : { runId: textOf(found.runId), replyToken: textOf(found.replyToken) }, flow, content }
}

/**
 * Their body, without the correlation → what happened.
 * @param wantsSignIn the run is one that asked for a sign-in; elsewhere `authUrl` is a field like others
 */
export function readCallback(content: Json, wantsSignIn: boolean): Callback {
  if (!isObject(content)) return { kind: 'result', value: content }
  const progress = readProgress(content.progress)
  if (progress) return progress
  const failed = readError(content.error)
  if (failed) return failed
  if (wantsSignIn) return { kind: 'signIn', url: textOf(content.authUrl) }
  const { result, ...rest } = content
  return { kind: 'result', value: result !== undefined && Object.keys(rest).length === 0 ? result : content }
}

function readProgress(progress: Json | undefined): Callback | null {
  if (!isObject(progress)) return null
  const { fraction: given, step } = progress
  const fraction = typeof given === 'number' && Number.isFinite(given) ? Math.min(1, Math.max(0, given)) : undefined
  const text = shortText(progress.text, PROGRESS_CHARACTERS)
  const named = shortText(typeof step === 'number' ? String(step) : step, 100)
  if (fraction === undefined && text === undefined && named === undefined) return null
  return {
    kind: 'progress',
    step: named ?? `${fraction ?? ''} ${text ?? ''}`,
    ...(text === undefined ? {} : { text }),
    ...(fraction === undefined ? {} : { fraction })
  }
}

const PROGRESS_CHARACTERS = 300
const ERROR_CHARACTERS = 1_000

/** Codes and words by which the platform, an OAuth server and Microsoft Graph say that a credential is no longer taken. */
const ACCOUNT_GONE =
  /\b(secret[ ._-]?(is )?(not[ _-]?found|gone|expired|revoked)|no secret found|invalid_grant|InvalidAuthenticationToken|token (has )?(expired|been revoked))\b/i

function readError(error: Json | undefined): Callback | null {
  if (error === undefined || error === null || error === false || error === '') return null
  const code = isObject(error) ? textOf(error.code) : ''
  const said = isObject(error) ? textOf(error.message) || textOf(error.text) || code : textOf(error)
  const text = shortText(said, ERROR_CHARACTERS) ?? 'The flow reported a fault without saying which.'
  return { kind: 'failed', text, isAccountGone: ACCOUNT_GONE.test(`${code} ${said}`.slice(0, ERROR_CHARACTERS)) }
}

/** `undefined` when it is not JSON in UTF-8. */
export function readJsonBody(body: Uint8Array): Json | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Json
  } catch {
    return undefined
  }
}
