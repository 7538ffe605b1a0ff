import type { RunFailure } from '@parley/protocol'

/** What became of a hook call that was not simply taken. */
export type HookFault =
  | { readonly kind: 'status'; readonly status: number; readonly isTheirs: boolean }
  /** A 2xx that is not the platform's, HTML for example. */
  | { readonly kind: 'notTheirs' }
  /** Time ran out, or the connection broke, after the request may have arrived. */
  | { readonly kind: 'noAnswer' }
  /** No connection came about: nothing was sent. */
  | { readonly kind: 'unreachable' }

export type Failure = { readonly reason: RunFailure; readonly text: string; readonly again?: boolean }
/** What to do about it, put behind the sentence: a flow that is not there or not started, and one that may not be run. */
export type Hints = { readonly missing?: string; readonly forbidden?: string }
type Said = { readonly text: string; readonly again?: boolean }

/**
 * What a failed call is for the visitor: one plain sentence with the run's id, whether it may have been run, whether to offer it again.
 */
export function failureOf(fault: HookFault, platform: string, run: string, hints: Hints = {}): Failure {
  switch (fault.kind) {
    case 'unreachable':
      return refused({ text: `${platform} cannot be reached at the moment, so nothing was run`, again: true }, run)
    case 'noAnswer':
      return unknown(`${platform} did not answer in time`, run)
    case 'notTheirs':
      return unknown(`${platform} gave an answer that is not one of its own`, run)
    case 'status':
      return fault.status >= 500 || fault.status < 400
        ? unknown(
            fault.isTheirs
              ? `${platform} reported a fault of its own (${fault.status})`
              : `${platform} gave an answer that is not one of its own (${fault.status})`,
            run
          )
        : refused(saidTo(fault.status, platform, hints), run)
    default:
      return fault satisfies never
  }
}

function saidTo(status: number, platform: string, { missing = '', forbidden = '' }: Hints): Said {
  switch (status) {
    case 401:
    case 403:
      return { text: `${platform} does not allow this chat to run that flow${forbidden}` }
    case 404:
      return { text: `That flow does not exist at ${platform}, or it is not started${missing}`, again: true }
    case 413:
      return { text: `That was too much for ${platform} to take at once` }
    case 415:
      return { text: `${platform} did not take the request in the form it was sent` }
    case 429:
      return { text: `${platform} has too much to do at the moment`, again: true }
    default:
      return { text: `${platform} refused the request (${status})` }
  }
}

const refused = ({ text, again }: Said, run: string): Failure => ({ reason: 'refused', text: `${text} (run ${run}).`, ...(again ? { again } : {}) })

const unknown = (text: string, run: string): Failure => ({
  reason: 'unknownOutcome',
  text: `${text}, so it is not known whether the flow runs (run ${run}). If its result still comes, it is shown here.`,
  again: true
})

/** Codes of a connection that never came about. Anything else may have happened after the request had left. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

/** Did this `fetch` fail before anything was sent? */
export function neverConnected(thrown: unknown): boolean {
  let cause = thrown
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
    if ('code' in cause && typeof cause.code === 'string' && NEVER_CONNECTED.has(cause.code)) return true
    cause = cause.cause
  }
  return false
}
