import { afterEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../check.js'
import type { Options } from '../options.js'
import { prove } from '../prove.js'
import { answerWell, type Bot, callBack, type Call, callLater, type Habits, SECRET, says, startBot } from '../testing/bot.js'

/** Real requests to a real bot, so what hangs really waits: the tests have the shortest time that there is. */
const TIMEOUT_MS = 1_000

let bots: readonly Bot[] = []
afterEach(async () => {
  await Promise.all(bots.map((bot) => bot.close()))
  bots = []
})

async function start(habits: Habits = {}): Promise<Bot> {
  const bot = await startBot(habits)
  bots = [...bots, bot]
  return bot
}

const optionsFor = ({ url, manifestUrl }: Bot, over: Partial<Options['bot']> = {}): Options => ({
  url,
  kind: null,
  seed: 7,
  timeoutMs: TIMEOUT_MS,
  only: null,
  bot: { secret: SECRET, manifestUrl, callback: { host: '127.0.0.1', port: 0, url: null }, ...over },
  gateway: { inbox: 'support', origin: null }
})

const ids = (outcomes: readonly Outcome[], state: Outcome['state']): readonly string[] => outcomes.filter((one) => one.state === state).map(({ id }) => id)

/** Answers later, as a bot does that thinks long. */
const later =
  (call: (url: string, body: object) => Promise<unknown>) =>
  ({ asked }: Call) => {
    const { conversation, callback, command } = asked
    if (asked.type === 'message' && callback) callLater(() => call(callback, { conversation, messages: [{ text: 'Here is what I found.' }] }))
    return asked.type === 'command' ? says(`/${command?.name} is done.`) : { status: 202 }
  }

describe('a good bot', () => {
  test('holds every rule, whether it answers at once or by a signed call', { timeout: 30_000 }, async () => {
    const atOnce = await prove(optionsFor(await start()))
    expect({ ...atOnce, outcomes: ids(atOnce.outcomes, 'broken') }).toMatchObject({ kind: 'bot', broken: 0, outcomes: [] })
    expect(ids(atOnce.outcomes, 'skipped')).toEqual(['callback.signed', 'callback.shape', 'callback.ids'])

    const byCall = await prove(optionsFor(await start({ answer: later((url, body) => callBack(url, body)) })))
    expect([ids(byCall.outcomes, 'broken'), ids(byCall.outcomes, 'skipped')]).toEqual([[], []])
  })

  test('without a secret and a manifest is held to the rest, and told what was not tried', { timeout: 30_000 }, async () => {
    const report = await prove(optionsFor(await start({ isSigned: () => true }), { secret: null, manifestUrl: null }))
    expect(ids(report.outcomes, 'broken')).toEqual([])
    expect(report.outcomes.flatMap((one) => (one.state === 'skipped' ? [`${one.id}: ${one.why}`] : []))).toEqual([
      ...['missing', 'wrong', 'other', 'old', 'early', 'rotation'].map(
        (name) => `signature.${name}: there is no secret; give one as PARLEY_WEBHOOK_SECRET or with --secret`
      ),
      'manifest.shape: there is no manifest; give its address with --manifest',
      'command.runs: "manifest.shape" does not hold, so this cannot be tried',
      ...['signed', 'shape', 'ids'].map((name) => `callback.${name}: without a secret no gateway takes calls`)
    ])
  })
})

test('a bot that goes down is named once, and nothing is told of what comes after', { timeout: 30_000 }, async () => {
  let isDown = false
  const bot = await start({
    read(body) {
      try {
        return JSON.parse(body) as object
      } catch {
        isDown = true
        void bot.close()
        return { type: 'down' }
      }
    },
    answer: (call) => (isDown ? { status: 500 } : answerWell(call))
  })
  const { outcomes } = await prove(optionsFor(bot))
  expect(ids(outcomes, 'broken')).toEqual(['body.not-json'])
  expect(outcomes.at(-1)).toMatchObject({ state: 'skipped', why: 'nothing listens there any more, since "body.not-json"' })
})
