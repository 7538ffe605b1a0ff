import type { LogFields } from '@parley/engine'
import type { DmsOutcome } from '../dms/send.js'

/** What to do about a request that was not taken, and what to tell whom. */
export type DmsFault = {
  /** For the visitor. */
  readonly text: string
  readonly retry: boolean
  readonly retryInMs?: number
  /** `error` where a person must act. */
  readonly level: 'error' | 'warn' | 'debug'
  readonly log: string
  readonly fields: LogFields
}

/**
 * DMS documents no way to tell a repeat, so nothing is sent again after a silence. After a broken connection and a 5xx it
 * is, under the same message id: Pega's contract leaves no other way to get a message through.
 * @returns `null` when it was taken
 */
export function faultOf(outcome: DmsOutcome, name: string): DmsFault | null {
  switch (outcome.kind) {
    case 'taken':
      return null
    case 'refused':
      return outcome.status === 401 || outcome.status === 403 ? keyFault(outcome.status, name) : refusal(outcome.status, name)
    case 'failed': {
      const { kind: _, retryInMs, ...fields } = outcome
      return {
        text: `This could not be delivered: ${name} cannot be reached.`,
        retry: true,
        ...(retryInMs === undefined ? {} : { retryInMs }),
        level: 'debug',
        log: 'DMS did not take a message now',
        fields
      }
    }
    case 'unknown':
      return {
        text: `It is not known whether this was delivered: ${name} did not answer in time.`,
        retry: false,
        level: 'warn',
        log: 'DMS did not answer in time, so it is not known whether it has a message',
        fields: {}
      }
    default:
      return outcome satisfies never
  }
}

const keyFault = (status: number, name: string): DmsFault => ({
  text: `This was not delivered: the connection to ${name} is not set up properly.`,
  retry: false,
  level: 'error',
  log: 'DMS does not take the tokens of this gateway: compare secret and issuer of the inbox with the connection at Pega, and look at the clock of this machine',
  fields: { status }
})

const refusal = (status: number, name: string): DmsFault => ({
  text: `This was not delivered: ${name} did not take it (${status}).`,
  retry: false,
  level: 'error',
  log: 'DMS refused a message: compare the url of the inbox with the connection at Pega',
  fields: { status }
})
