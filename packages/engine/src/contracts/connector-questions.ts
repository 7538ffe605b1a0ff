import { COMPLETE_VALUES, isErrorCode } from '@parley/protocol'
import { completion, read } from '@parley/protocol/schemas'
import { expect, test } from 'vitest'
import type { CompletionRequest, Fetch } from '../connector.js'
import { readRoles } from '../person.js'
import { type Bench, type MakeConnectorCase, openBench } from './connector-bench.js'
import { settled } from './settled.js'

/** What somebody may have typed of an argument, meant well or not: 200 characters at most, as the engine passes on. */
const TEXTS = [
  '',
  ' ',
  'a',
  '\u0000',
  '\u202e',
  '..',
  '../../x',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
  '{"$gt":""}',
  "' or 1=1 --",
  '<script>',
  '(a+)+$',
  '[',
  '\\',
  'x'.repeat(200),
  '\u{1d4b3}'.repeat(100)
]

/** Told apart from everything else, wherever it turns up. */
const MARK = 'Zq7marker'
/** Tokens that name nobody. */
const TOKENS = [
  '',
  ' ',
  '..',
  '\u0000',
  'null',
  '__proto__',
  MARK,
  `${MARK} ${MARK}`,
  `${MARK}\r\nx-admin: 1`,
  `../../${MARK}`,
  `${MARK}?a=b&c#d`,
  `eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.${MARK}`,
  MARK.repeat(400)
]

/** Holds what a connector answers while somebody types, and when it is asked whom a token names. */
export function questions(makeCase: MakeConnectorCase, faults: Readonly<Record<string, Fetch>>, patienceMs: number): void {
  test('declares roles that a visitor can have, choices that there are, and only questions that it answers', async () => {
    const { connector } = await makeCase()
    const { identity } = connector.capabilities
    for (const { roles = [], args } of connector.commands) {
      expect(roles.filter((role) => readRoles([role]) === null)).toEqual([])
      for (const { choiceRoles = {}, choices = [], completes } of args) {
        expect(Object.keys(choiceRoles).filter((choice) => !choices.includes(choice))).toEqual([])
        expect(
          Object.values(choiceRoles)
            .flat()
            .filter((role) => readRoles([role]) === null)
        ).toEqual([])
        if (completes) expect(connector.complete).toBeInstanceOf(Function)
      }
    }
    if (identity) expect(connector.identify).toBeInstanceOf(Function)
  })

  test('has values for whatever is typed, within their limits, in time, without a trace and without a secret', async () => {
    const bench = await openBench(makeCase)
    const answers: unknown[] = []
    for (const request of completionRequests(bench)) {
      const answer = await settled(bench, patienceMs, () => bench.it.connector.complete?.(request))
      expect(answer).toMatchObject({ state: 'given' })
      if (answer.state === 'given') answers.push(...shownTo(answer.value))
    }
    const seen = JSON.stringify([answers, bench.port.logged, bench.asked])
    expect([bench.port.recorded, bench.it.secrets.filter((secret) => seen.includes(secret))]).toEqual([[], []])
  })

  for (const [fault, fetch] of Object.entries(faults)) {
    test(`an outside that ${fault}: who types is answered or told so, and a token names nobody`, async () => {
      const bench = await openBench(makeCase)
      bench.fetchBy(fetch)
      const request = completionRequests(bench).find(({ text }) => text === 'a')
      const answer = request ? await settled(bench, patienceMs, () => bench.it.connector.complete?.(request)) : null
      if (answer?.state === 'given') shownTo(answer.value)
      expect(answer?.state).not.toBe('waiting')
      await namesNobody(bench, patienceMs, MARK)
      expect(bench.port.recorded).toEqual([])
    })
  }

  test('takes no token that is garbage, and keeps what it was given to itself', async () => {
    const bench = await openBench(makeCase)
    for (const token of TOKENS) await namesNobody(bench, patienceMs, token)
    expect(bench.port.recorded).toEqual([])
    expect(JSON.stringify([bench.port.logged, bench.asked])).not.toContain(MARK)
  })
}

/** Every argument whose values the connector says it knows × every text. */
function completionRequests({ it, port }: Bench): readonly CompletionRequest[] {
  const { visitor, conversation } = port.say('hello')
  return it.connector.commands.flatMap((command) =>
    command.args
      .filter(({ completes }) => completes)
      .flatMap(({ name }) => TEXTS.map((text) => ({ visitor, conversation, roles: command.roles ?? [], command: command.name, argument: name, text })))
  )
}

function shownTo(answer: unknown): readonly unknown[] {
  expect(answer).toBeInstanceOf(Array)
  const values = answer as readonly unknown[]
  expect(values.length).toBeLessThanOrEqual(COMPLETE_VALUES)
  expect(values.filter((value) => !read(completion, value).ok)).toEqual([])
  return values
}

async function namesNobody(bench: Bench, patienceMs: number, token: string): Promise<void> {
  const { connector } = bench.it
  if (!connector.capabilities.identity) return
  const answer = await settled(bench, patienceMs, () => connector.identify?.(token))
  expect(answer.state).not.toBe('waiting')
  if (answer.state === 'given') expect(isErrorCode((answer.value as { readonly code?: unknown }).code)).toBe(true)
}
