import * as v from 'valibot'

/** Schemas for the words and ids in a body: numbers count as their digits, and what only adorns is never a fault. */

const digits = v.pipe(v.number(), v.finite(), v.transform(String))

/** An id that must be there; Labb Chat Client makes numbers of some. */
export const id = (wanted: string) => v.pipe(v.union([v.string(wanted), digits], wanted), v.maxLength(200, wanted))

/** A text that may be missing: whatever else stands there counts as none. */
const words = (most: number) =>
  v.fallback(
    v.optional(
      v.pipe(
        v.union([v.string(), digits]),
        v.transform((text) => cutWords(text.trim(), most))
      ),
      ''
    ),
    ''
  )
export const shortWords = words(200)
export const longWords = words(4_000)

/** An address that may be missing: one that is too long counts as none, cut it would lead elsewhere. */
export const address = v.fallback(v.optional(v.pipe(v.string(), v.trim(), v.maxLength(4_096)), ''), '')

const TEXT = 'a text or a list of texts'

/** What somebody says: one text, or a list of them. */
export const spokenText = v.pipe(
  v.union([v.string(), v.array(v.string(TEXT), TEXT)], TEXT),
  v.transform((text) => [text].flat().join('\n').trim()),
  v.maxLength(200_000, '200,000 characters at most')
)

/** At most so many characters, whole ones, with a mark where something is missing. */
export const cutWords = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`)
