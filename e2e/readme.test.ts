import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const textOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const block = (text: string, language: string): string | undefined => new RegExp(`^\`\`\`${language}\\n(?:(?!^\`\`\`$).*\\n)*\`\`\`$`, 'm').exec(text)?.[0]

test.each(['js', 'python'])('the README shows the bot that is run by the tests of its connector, in %s', (language) => {
  const shown = block(textOf('packages/connectors/src/webhook/README.md'), language)
  expect(shown?.split('\n').length).toBeGreaterThan(15)
  expect(textOf('README.md')).toContain(shown)
})
