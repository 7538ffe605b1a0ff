import type { Arguments } from './argument-value.js'

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
/** How something stands, besides the word that says it: running well, on the way, broken, nothing of these. */
export type CardTone = 'good' | 'busy' | 'bad' | 'neutral'
/**
 * A button of a card: it runs a command of the inbox (never one of the page), answers as a choice does, or leads to an
 * address. A label has 1 to 100 characters, a value 500 at most.
 */
export type CardAction = { readonly label: string } & (
  | { readonly command: string; readonly args: Arguments }
  | { readonly value: string }
  | { readonly url: string }
)
/**
 * One thing to look at and act on. `alt` says what the picture shows; without it the picture is an ornament. `text` is
 * markdown, the other words are plain. A title has 1 to 300 characters, a text 2,000 at most, the word of a status 1 to
 * 100; six actions at most.
 */
export type Card = {
  readonly title: string
  readonly text?: string
  readonly status?: { readonly text: string; readonly tone: CardTone }
  readonly image?: string
  readonly alt?: string
  readonly actions?: readonly CardAction[]
}
/**
 * Several things of one kind, 1 to 50: one beside the other (`carousel`, the default) or one below the other. `actions`,
 * six at most, stand below them all.
 */
export type CardsPart = {
  readonly kind: 'cards'
  readonly cards: readonly Card[]
  readonly layout?: 'list' | 'carousel'
  readonly text?: string
  readonly actions?: readonly CardAction[]
}
/** A kind this version does not know: shown as a neutral placeholder, never a crash. */
export type UnknownPart = { readonly kind: 'unknown'; readonly was: string }

/** One piece of what is said. */
export type Part = TextPart | LinkPart | FilePart | ChoicesPart | CardsPart | DataPart | SignInPart | UnknownPart

/** The kinds this version draws. Others become `unknown`. */
export const PART_KINDS = ['text', 'link', 'file', 'choices', 'cards', 'data', 'sign-in'] as const
