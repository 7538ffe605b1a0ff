import { findForeignFault, type Part } from '@parley/protocol'
import type { ConfigResult } from '../module.js'
import { readBySchema } from '../read-config.js'
import { builtIn } from './built-in.js'
import { configSchema, type WrittenAction, type WrittenConfig, type WrittenStep } from './config-schema.js'
import { keyOf, type Phrase, phraseOf } from './words.js'

/** A script, ready to be played. */
export type ScriptConfig = {
  readonly name: string
  readonly greeting: Step | null
  readonly fallback: Step
  /** In the order in which they were written. */
  readonly steps: ReadonlyMap<string, Step>
  readonly thinkMs: number
}
export type Step = {
  readonly name: string
  /** What it says, as one message. Empty: it only hands over or ends. */
  readonly parts: readonly Part[]
  readonly handOver: { readonly inbox: string; readonly otherwise: readonly Part[] } | null
  readonly end: string | null
  readonly phrases: readonly Phrase[]
  /** The values of what it offers, by the words on the button: for those who type them. */
  readonly offers: ReadonlyMap<string, string>
}

const OTHERWISE: readonly Part[] = [{ kind: 'text', text: 'Nobody can take over at the moment.' }]
/** A script is written by hand; what holds more values was not. */
const MOST_VALUES = 50_000

export function readConfig(value: unknown): ConfigResult<ScriptConfig> {
  // Before the schema, which would leave out a step that is called "constructor".
  const odd = findForeignFault(value, MOST_VALUES)
  if (odd) return { ok: false, key: '', found: odd, wanted: 'plain JSON' }
  const read = readBySchema(configSchema, withSteps(value), [])
  if (!read.ok) return read
  const fault = findConflict(read.value)
  return fault ? { ok: false, ...fault } : { ok: true, value: fillIn(read.value) }
}

/** Settings in which nobody has written a script get the one that is built in. */
function withSteps(value: unknown): unknown {
  const hasScript = typeof value !== 'object' || value === null || Array.isArray(value) || ['steps', 'greeting', 'fallback'].some((key) => key in value)
  return hasScript ? value : { ...builtIn({ canHandOver: 'handoff' in value }), ...value }
}

type Conflict = { readonly key: string; readonly found: string; readonly wanted: string }

/** Whatever leads to a step that is not there, and keys of a step that are right each by itself but not together. */
function findConflict({ greeting, fallback, steps, handoff }: WrittenConfig): Conflict | null {
  const names = Object.keys(steps)
  const wanted =
    names.length > 0 ? `the name of a step that there is: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}` : 'at least one step under "steps"'
  const leads: readonly (readonly [key: string, to: string | undefined])[] = [
    ['greeting', greeting],
    ['fallback', fallback],
    ...Object.entries(steps).flatMap(([name, step]) => leadsOf(`steps.${name}`, step))
  ]
  const [key, to] = leads.find(([, one]) => one !== undefined && !Object.hasOwn(steps, one)) ?? []
  if (key !== undefined) return { key, found: JSON.stringify(to), wanted }
  return (
    Object.entries(steps)
      .map(([name, step]) => stepConflict(`steps.${name}`, step, handoff))
      .find((one) => one !== null) ?? null
  )
}

const leadsOf = (key: string, { choices = [], cards = [] }: WrittenStep): readonly (readonly [key: string, to: string | undefined])[] => [
  ...choices.map(({ go }, index) => [`${key}.choices.${index}.go`, go] as const),
  ...cards.flatMap(({ actions = [] }, card) => actions.map(({ go }, index) => [`${key}.cards.${card}.actions.${index}.go`, go] as const))
]

function stepConflict(key: string, { handOver, otherwise, end, cards, layout }: WrittenStep, handoff: string | undefined): Conflict | null {
  if (handOver === true && handoff === undefined)
    return { key: `${key}.handOver`, found: 'true without "handoff"', wanted: 'the name of an inbox, or "handoff": "<inbox>" beside "steps"' }
  if (otherwise && handOver === undefined)
    return { key: `${key}.otherwise`, found: 'it without "handOver"', wanted: 'what is said when nobody can take over, beside "handOver"' }
  if (end !== undefined && handOver !== undefined) return { key: `${key}.end`, found: 'it beside "handOver"', wanted: 'one of the two' }
  if (layout && !cards) return { key: `${key}.layout`, found: 'it without "cards"', wanted: 'how the cards stand, beside "cards"' }
  return null
}

function fillIn({ name, greeting, fallback, steps: written, handoff, thinkMs }: WrittenConfig): ScriptConfig {
  const steps = new Map(Object.entries(written).map(([key, step]) => [key, stepOf(key, step, handoff)]))
  const found = (key: string): Step => {
    const step = steps.get(key)
    if (!step) throw new TypeError(`script: there is no step ${key}`)
    return step
  }
  return { name, greeting: greeting === undefined ? null : found(greeting), fallback: found(fallback), steps, thinkMs }
}

function stepOf(name: string, step: WrittenStep, handoff: string | undefined): Step {
  const { say = [], handOver, otherwise = OTHERWISE, end = null, match = [] } = step
  const inbox = handOver === true ? handoff : handOver
  return {
    name,
    parts: [...say, ...cardsOf(step), ...choicesOf(step)],
    handOver: inbox === undefined ? null : { inbox, otherwise },
    end,
    phrases: match.map(phraseOf),
    offers: offersOf(step)
  }
}

function cardsOf({ cards, layout = 'carousel' }: WrittenStep): readonly Part[] {
  if (!cards) return []
  const drawn = cards.map(({ actions, ...card }) => ({ ...card, ...(actions ? { actions: actions.map(actionOf) } : {}) }))
  return [{ kind: 'cards', layout, cards: drawn }]
}

const actionOf = ({ label, go, value, url }: WrittenAction) => (url === undefined ? { label, value: go ?? value ?? label } : { label, url })

const choicesOf = ({ choices }: WrittenStep): readonly Part[] =>
  choices ? [{ kind: 'choices', choices: choices.map(({ label, go, value }) => ({ label, value: go ?? value ?? label })) }] : []

function offersOf({ choices = [], cards = [] }: WrittenStep): ReadonlyMap<string, string> {
  const all = [...choices, ...cards.flatMap(({ actions = [] }) => actions)]
  const offers = all.flatMap(({ label, go, value = go }) => (value === undefined || keyOf(label) === '' ? [] : [[keyOf(label), value] as const]))
  // Where two buttons have the same words, the first one is meant.
  return new Map(offers.reverse())
}
