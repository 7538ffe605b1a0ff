import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { USAGE } from './arguments.js'
import { BOT_CHECKS } from './bot/bot-checks.js'
import { GATEWAY_CHECKS } from './gateway/gateway-checks.js'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The table writes `signature.missing .wrong` for two. */
const isNamed = (id: string): boolean => {
  const [group = '', rest = ''] = id.split('.')
  return README.split('\n').some(
    (line) => line.startsWith('|') && line.includes(`\`${group}.`) && new RegExp(`[\`. ]${group}\\.${rest}\\b|[\` ]\\.${rest}\\b`).test(line)
  )
}

test('the page names every check and every option, and no check has two meanings', () => {
  const checks = [...BOT_CHECKS, ...GATEWAY_CHECKS].map(({ id }) => id)
  expect(checks.filter((id) => !isNamed(id))).toEqual([])
  expect(new Set(checks).size).toBe(checks.length)
  const options = [...USAGE.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name = '']) => name)
  expect(options.length).toBeGreaterThan(8)
  expect(options.filter((name) => !README.includes(name))).toEqual([])
})
