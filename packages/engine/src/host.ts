/** What the engine needs of the place it runs in: time, chance, a keyed hash, a log. Nothing else comes from there. */

export interface Clock {
  /** Milliseconds since 1970 on the gateway's own clock: for deadlines that must survive a restart, and for `at`. */
  now(): number
  /** Runs once after `ms`. @returns cancels it */
  setTimer(ms: number, run: () => void): () => void
  /** Runs once when the present turn is over: the group of a group commit. */
  defer(run: () => void): void
}

export interface Chance {
  /** Cryptographically strong. */
  bytes(count: number): Uint8Array
}

/** Keyed hash with the gateway's secret: ids and reply tokens that nobody else can make or foresee. */
export interface Seal {
  /** @returns 43 characters of base64url (HMAC-SHA-256). The same purpose and text give the same result, after a restart too. */
  sign(purpose: string, text: string): string
  /** Unkeyed SHA-256 in base64url: for digests of content. */
  digest(text: string): string
  /** Compares in constant time. */
  equal(a: string, b: string): boolean
}

/** Ids yes; message text, tokens and secrets never. */
export interface Log {
  debug(fields: LogFields, text: string): void
  info(fields: LogFields, text: string): void
  warn(fields: LogFields, text: string): void
  error(fields: LogFields, text: string): void
}
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export type Host = { readonly clock: Clock; readonly chance: Chance; readonly seal: Seal; readonly log: Log }

/** Text of whatever was thrown, for the log. */
export const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
