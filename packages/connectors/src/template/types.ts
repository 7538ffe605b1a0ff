/**
 * What is read of theirs: their names stay in this folder. Write here where it comes from and when you looked.
 * Source: made up for this template, 2026-11. Replace it by a page of theirs, or by what you recorded.
 */

/** What they take at `url`. */
export type TheirMessage = { readonly conversation: string; readonly id: string; readonly text: string; readonly customer?: string }

/** What they answer at once, and what they post to us later: one of these. Unknown types are passed by, because they may add some. */
export type TheirBody =
  | {
      readonly type: 'text'
      readonly conversation: string
      readonly message_id: string
      readonly text: string
      readonly agent?: { readonly id: string; readonly name: string }
    }
  | { readonly type: 'typing'; readonly conversation: string }
  | { readonly type: 'end'; readonly conversation: string }
  | { readonly type: 'unknown' }

/** The header in which they sign: `sha256=` and the HMAC of the raw body as hex. */
export const SIGNATURE_HEADER = 'x-signature'
