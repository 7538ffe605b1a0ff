import type { Json } from '@parley/protocol'
import { parts, read } from '@parley/protocol/schemas'
import { describe, expect, test } from 'vitest'
import { readFlow, readFlowPage } from './answers.js'
import { decideActStep } from './act-step.js'
import { readActState } from './act-notes.js'
import { listParts, statusParts } from './cards.js'
import { readFlowResult, resultText } from './result.js'
import { FLOW_VIEWS, type Flow } from './status.js'
import { decideWatch, readWatchState, type WatchState } from './watch-decision.js'

/** Whatever comes from outside, or stands in a record: it is read or refused, and what is shown can be shown. */

const SEED = 20_301_121
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
const random = createRandom(SEED)
const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(random() * list.length)] as Value

const WORDS = [
  '',
  'id',
  '5f8d0c2be4a1b2001c3d4e53',
  'active',
  'starting',
  'INACTIVE',
  '\u0000',
  '\ud800',
  'x'.repeat(5_000),
  'a\n\tb',
  '* * * * *',
  '__proto__',
  '“”'
]
const KEYS = [
  'id',
  '_id',
  'name',
  'description',
  'status',
  'cron',
  'data',
  'meta',
  'totalPages',
  'errors',
  'message',
  'result',
  'error',
  'progress',
  'text',
  'watch',
  'act',
  'told',
  'until',
  '__proto__'
]

function anyJson(depth = 0): Json {
  const kind = Math.floor(random() * (depth > 3 ? 4 : 6))
  if (kind === 0) return null
  if (kind === 1) return pick([0, -1, 1.5, 1e300, 42])
  if (kind === 2) return random() < 0.5
  if (kind === 3) return pick(WORDS)
  if (kind === 4) return Array.from({ length: Math.floor(random() * 4) }, () => anyJson(depth + 1))
  return Object.fromEntries(Array.from({ length: Math.floor(random() * 5) }, () => [pick(KEYS), anyJson(depth + 1)]))
}
const anyFlow = (): Json => ({ ...(anyJson() as object), id: pick(WORDS), status: pick(WORDS), name: pick(WORDS), description: pick(WORDS), cron: pick(WORDS) })
const isShown = (value: unknown): boolean => {
  const found = read(parts, value)
  return found.ok && found.value.every(({ kind }) => kind !== 'unknown')
}

const ROUNDS = 3_000

describe(`garbage, seed ${SEED}`, () => {
  test('of the repository becomes flows whose cards can be shown, or a fault', () => {
    const kinds = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const status = pick([200, 201, 302, 400, 403, 404, 409, 429, 500])
      const body = pick<() => Json>([
        () => ({ data: [anyFlow(), anyFlow()], meta: anyJson() }),
        () => ({ data: anyFlow() }),
        () => ({ errors: pick<Json>([pick(WORDS), [{ message: pick(WORDS), code: status }], anyJson()]) }),
        anyJson
      ])()
      const answer = { kind: 'answer', status, text: JSON.stringify(body) } as const
      const page = readFlowPage(answer)
      const flow = readFlow(answer)
      kinds.add(page.kind).add(flow.kind)
      if (page.kind === 'ok') expect(isShown(listParts({ flows: page.value.flows, hasMore: true }, { search: 'x', page: 2, partner: 'Demo Hub' }))).toBe(true)
      if (flow.kind === 'ok') for (const view of FLOW_VIEWS) expect(isShown(statusParts(flow.value, view))).toBe(true)
    }
    expect([...kinds].sort()).toEqual(['forbidden', 'noAnswer', 'notFound', 'ok', 'refused', 'tooMuch'])
  })

  test('of a scheduled flow becomes parts that can be shown, and its own id is never lost', () => {
    for (let round = 0; round < ROUNDS; round++) {
      const body = anyJson()
      const result = readFlowResult(body)
      expect(isShown([{ kind: 'text', text: resultText('x', result) }, ...result.parts])).toBe(true)
      if (
        result.id === null &&
        result.kind === 'result' &&
        typeof body === 'object' &&
        body !== null &&
        'id' in body &&
        !('result' in body) &&
        !('progress' in body) &&
        !('error' in body)
      )
        expect(JSON.stringify(result.parts)).toContain('"id"')
    }
  })

  test('in a run’s notes is no watch and no start, and throws nothing', () => {
    for (let round = 0; round < ROUNDS; round++) {
      const notes = anyJson()
      const [watch, act] = [readWatchState(notes), readActState(notes)]
      if (watch) expect([typeof watch.told, typeof watch.name]).toEqual(['number', 'string'])
      if (act) expect([typeof act.until, typeof act.name]).toEqual(['number', 'string'])
    }
  })
})

const FLOW: Flow = { id: '5f8d0c2be4a1b2001c3d4e53', name: 'Stock report', description: '', status: 'active', cron: null }

test('a watch tells each change once, whatever comes in whatever order: told again from its own notes, nothing more is said', () => {
  for (let round = 0; round < 500; round++) {
    let state: WatchState = { told: 0, view: null, isAway: false, name: 'x' }
    const steps: string[] = []
    for (let look = 0; look < 30; look++) {
      const sight = random() < 0.2 ? ({ kind: 'away', fault: { kind: 'noAnswer' } } as const) : ({ kind: 'seen', flow: FLOW, view: pick(FLOW_VIEWS) } as const)
      const step = decideWatch(state, sight, 'Demo Hub')
      if (step.kind !== 'tell') continue
      steps.push(step.step)
      state = step.state
      expect(readWatchState({ watch: step.state })).toEqual(state)
      expect(decideWatch(state, sight, 'Demo Hub')).toEqual({ kind: 'nothing' })
    }
    expect(new Set(steps).size).toBe(steps.length)
  }
})

test('every act comes to a decision for every view, sure or not', () => {
  const decided = (['start', 'stop'] as const).map((act) =>
    FLOW_VIEWS.map((view) =>
      [true, false].map((isSure) => {
        const step = decideActStep(act, { isSure }, { kind: 'seen', flow: FLOW, view }, { looks: 1, wasCrossed: false, partner: 'Demo Hub' })
        return step.kind
      })
    )
  )
  expect(decided).toEqual([
    // inactive, starting, active, ready, scheduled, stopping
    [
      ['fail', 'wait'],
      ['tell', 'tell'],
      ['tell', 'tell'],
      ['done', 'done'],
      ['done', 'done'],
      ['fail', 'wait']
    ],
    [
      ['done', 'done'],
      ['fail', 'wait'],
      ['fail', 'wait'],
      ['fail', 'wait'],
      ['fail', 'wait'],
      ['tell', 'tell']
    ]
  ])
})
