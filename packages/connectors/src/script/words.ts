/**
 * Words in what visitors write. The idea: a text becomes a list of words in small letters, a phrase is a few words in a
 * row, and looking for it is comparing word by word: no expression of anybody's is ever tried on a text.
 */
export type Phrase = readonly { readonly word: string; readonly isOpen: boolean }[]

/** More words than anybody reads before answering. */
const MOST_WORDS = 200
const LETTER = /[\p{L}\p{N}]/u
const NO_LETTER = /[^\p{L}\p{N}\p{M}]+/u
/** Long texts are cut before they are looked at. */
const MOST_CHARACTERS = 4_000

/** The words of a text, in small letters. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .slice(0, MOST_CHARACTERS)
    .normalize('NFKC')
    .toLowerCase()
    .split(NO_LETTER)
    // Marks alone are no word: many pictures end in one that says how they are drawn.
    .filter((word) => LETTER.test(word))
    .slice(0, MOST_WORDS)

/** What stands for a text when two are compared as a whole: its words, or where it has none (👍) the text as it is. Empty: nothing at all. */
export const keyOf = (text: string): string => wordsOf(text).join(' ') || text.trim()

/** `deliver* date` → the beginning of a word, then a whole one. */
export const phraseOf = (written: string): Phrase =>
  written.split(/[ '’-]/).flatMap((piece) => wordsOf(piece).map((word) => ({ word, isOpen: piece.endsWith('*') })))

/** Does the phrase stand somewhere in these words? */
export function holds(words: readonly string[], phrase: Phrase): boolean {
  for (let from = 0; from + phrase.length <= words.length; from++) {
    if (phrase.every(({ word, isOpen }, index) => (isOpen ? words[from + index]?.startsWith(word) : words[from + index] === word))) return true
  }
  return false
}
