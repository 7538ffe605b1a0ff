import type { Kind } from './report.js'

/** What a run wants to know. */
export type Options = {
  /** As it was given, without a trailing slash. */
  readonly url: string
  /** `null`: to be found out. */
  readonly kind: Kind | null
  readonly seed: number
  /** How long any answer may take. */
  readonly timeoutMs: number
  /** Ids of checks, or what stands before the full stop in them; with them go the checks that they need. `null`: all. */
  readonly only: readonly string[] | null
  readonly bot: BotOptions
  readonly gateway: GatewayOptions
}
export type BotOptions = {
  /** `null`: nothing is signed, and nothing about signatures is tried. */
  readonly secret: string | null
  readonly manifestUrl: string | null
  readonly callback: { readonly host: string; readonly port: number /** `null`: host and port as they are. */; readonly url: string | null }
}
export type GatewayOptions = {
  readonly inbox: string
  /** A page that the gateway lets in; `null`: that none is known. */
  readonly origin: string | null
}

/** Nothing can be proved: what stands in the way, in one line that says what is wanted. */
export class CannotProve extends Error {
  override readonly name = 'CannotProve'
}
