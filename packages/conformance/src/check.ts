/** One sentence that is held against what is at the address, and what may come of it. */
export type Check<Context> = {
  /** Never changes: reports are compared by it. */
  readonly id: string
  readonly rule: string
  /** Checks that must hold before this one can say anything. */
  readonly needs?: readonly string[]
  /** @throws Broken when the rule does not hold, Skipped when it cannot be tried here; anything else counts as broken */
  run(context: Context): Promise<void>
}

type Named = { readonly id: string; readonly rule: string; readonly ms: number }
export type Held = Named & { readonly state: 'held' }
export type BrokenOutcome = Named & { readonly state: 'broken'; readonly found: string; readonly wanted: string }
export type SkippedOutcome = Named & { readonly state: 'skipped'; readonly why: string }
export type Outcome = Held | BrokenOutcome | SkippedOutcome

/** The rule does not hold: what was found, and what is wanted instead. */
export class Broken extends Error {
  override readonly name = 'Broken'
  readonly found: string
  readonly wanted: string

  constructor(found: string, wanted: string) {
    super(`found ${found}, wanted ${wanted}`)
    this.found = found
    this.wanted = wanted
  }
}

/** It cannot be tried here, and why. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** @throws Broken unless it is so */
export function demand(isSo: boolean, found: string, wanted: string): asserts isSo {
  if (!isSo) throw new Broken(found, wanted)
}

const MOST_SHOWN = 300

/** Anything as a short text in one line, for a report. */
export function shown(value: unknown): string {
  const text = (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))).replace(/\s+/g, ' ')
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}… (${text.length} characters)` : text
}

/** One line of why something failed, with what lies beneath: Node says "fetch failed" and keeps the reason there. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return shown(thrown)
  const { cause } = thrown
  const beneath = cause instanceof Error ? ('code' in cause && typeof cause.code === 'string' ? cause.code : cause.message) : ''
  return beneath === '' || thrown.message.includes(beneath) ? shown(thrown.message) : shown(`${thrown.message}: ${beneath}`)
}
