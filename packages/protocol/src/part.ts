/** Anything JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Plain words in markdown; never HTML. */
export type TextPart = { readonly kind: 'text'; readonly text: string }
/** A web address to follow. Only `https:`, `http:`, `mailto:` and `tel:` are shown as links. */
export type LinkPart = { readonly kind: 'link'; readonly url: string; readonly title?: string }
/** A file or a picture. `mediaType` beginning with `image/` is drawn, everything else is offered for download. */
export type FilePart = {
  readonly kind: 'file'
  readonly url: string
  readonly name: string
  readonly mediaType: string
  readonly bytes?: number
  readonly alt?: string
}
/** Answers to pick from; picking one sends `answer.given` with its `value`. */
export type ChoicesPart = { readonly kind: 'choices'; readonly choices: readonly { readonly value: string; readonly label: string }[]; readonly text?: string }
/** Any JSON, shown to people as a table, with the raw text one click away. */
export type DataPart = { readonly kind: 'data'; readonly value: Json; readonly title?: string }
/** A card that leads to a sign-in at a partner. `code` is what the sign-in page must show, too. */
export type SignInPart = { readonly kind: 'sign-in'; readonly url: string; readonly partner: string; readonly code: string; readonly expiresInS: number }
/** A kind this version does not know: shown as a neutral placeholder, never a crash. */
export type UnknownPart = { readonly kind: 'unknown'; readonly was: string }

/** One piece of what is said. */
export type Part = TextPart | LinkPart | FilePart | ChoicesPart | DataPart | SignInPart | UnknownPart

/** The kinds this version draws. Others become `unknown`. */
export const PART_KINDS = ['text', 'link', 'file', 'choices', 'data', 'sign-in'] as const
