/**
 * May this expression of a stranger be tried on what visitors type, without taking long over any text? The idea: no
 * groups, no alternatives, nothing that looks around, at most one piece that may repeat without end, and few choices in
 * all the others. Then there are at most as many ways to try as there are characters, times those choices.
 */
export function isSimplePattern(pattern: string): boolean {
  if (pattern.length > 200) return false
  const pieces = pattern.match(PIECE) ?? []
  // What is not made of pieces from end to end holds something else: a group, an alternative, a stray sign.
  if (pieces.join('') !== pattern) return false
  const choices = pieces.map((piece) => choicesOf(REPEAT.exec(piece)?.[0] ?? ''))
  const bounded = choices.filter((one) => Number.isFinite(one)).reduce((product, one) => product * one, 1)
  return choices.filter((one) => !Number.isFinite(one)).length <= 1 && bounded <= MOST_CHOICES
}

const MOST_CHOICES = 128

/** In how many ways a piece with this repetition may fit. */
function choicesOf(repeat: string): number {
  if (repeat === '') return 1
  if (repeat === '?') return 2
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(repeat) ?? []
  if (least === undefined || (comma && !most)) return Number.POSITIVE_INFINITY
  return comma ? Number(most) - Number(least) + 1 : 1
}

/** One character, escape or class, and how often. */
const PIECE = /(?:\\[dDwWsS\-.+*?^$()[\]{}|/\\]|\[\^?(?:\\[^pPkKbBuUxXcC0-9]|[^\\\]])+\]|[^\\()[\]{}|*+?^$])(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?/gsu
const REPEAT = /(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})$/
