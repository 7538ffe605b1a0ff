import type { VisitorId } from './records.js'

/** Whom a token names. */
export type Who = {
  readonly visitor: VisitorId
  readonly inbox: string
  /** What the visitor may use, by the names of whoever named the visitor. Absent: none. */
  readonly roles?: readonly string[]
  /** Life left of the token. */
  readonly expiresInS: number
}
