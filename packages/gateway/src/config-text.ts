import type { StartFault } from './start-fault.js'
import { startFault } from './start-fault.js'

/** How mistakes in a configuration are told. */

/** What stands at a key, in a few words; a secret is never among them. */
export function describeFound(value: unknown, isSecret: boolean): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'string' && isSecret) return `a text of ${value.length} characters`
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

/** A key that nobody reads is a typing error most of the time. */
export function unknownKey(path: string, known: readonly string[]): StartFault {
  const name = path.split('.').at(-1) ?? path
  const nearest = nearestName(name, known)
  return startFault(path, 'a key that is not known', nearest ? `"${nearest}" perhaps; known are ${known.join(', ')}` : `one of ${known.join(', ')}`)
}

/** The known name most like this one, `null` when none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const [nearest] = known.map((one) => ({ one, distance: editDistance(name.toLowerCase(), one.toLowerCase()) })).sort((a, b) => a.distance - b.distance)
  return nearest && nearest.distance <= Math.max(2, Math.floor(name.length / 3)) ? nearest.one : null
}

/** Levenshtein: how many letters must be put in, taken out or changed. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (const [column, other] of [...to].entries()) {
      next.push(Math.min((row[column] ?? 0) + (letter === other ? 0 : 1), (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
