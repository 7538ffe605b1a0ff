import { describe, expect, test } from 'vitest'
import type { CommandSpec } from '@parley/protocol'
import { moveActive, paletteFor } from './palette.js'

const COMMANDS: readonly CommandSpec[] = [
  { name: 'auth', description: 'Connects', args: [{ name: 'scope', type: 'choice', choices: ['profile', 'all flows'] }] },
  { name: 'me', description: 'Who', args: [] },
  { name: 'message', description: 'Says', args: [{ name: 'text', type: 'text', required: true }] },
  {
    name: 'run-flow',
    description: 'Runs',
    args: [
      { name: 'flow-id', type: 'text', required: true },
      { name: 'params', type: 'list' }
    ]
  }
]
const names = (text: string): readonly string[] => {
  const palette = paletteFor(text, COMMANDS)
  return palette.kind === 'none' ? [] : palette.options.map((option) => option.key)
}
const currentOf = (text: string): number | null => {
  const palette = paletteFor(text, COMMANDS)
  return palette.kind === 'arguments' ? palette.current : null
}

describe('the palette', () => {
  test('a slash alone lists every command; letters filter by beginning, then by what is inside', () => {
    expect([names('/'), names('/me'), names('/M'), names('/flow'), names('/zzz')]).toEqual([
      ['auth', 'me', 'message', 'run-flow'],
      ['me', 'message'],
      ['me', 'message'],
      ['run-flow'],
      []
    ])
  })

  test('two slashes, a slash elsewhere and plain text offer nothing', () => {
    expect(['//', '//me', ' /me', 'a /me', '', '/me please', '/no such'].map((text) => paletteFor(text, COMMANDS).kind)).toEqual(Array(7).fill('none'))
  })

  test('a whole command that needs nothing more is complete', () => {
    const isComplete = (text: string) => {
      const palette = paletteFor(text, COMMANDS)
      return palette.kind === 'commands' && palette.isComplete
    }
    expect(['/me', '/auth', '/m', '/run-flow'].map(isComplete)).toEqual([true, true, false, false])
  })

  test('the hint follows the word that is being written, and a list goes on', () => {
    expect(['/run-flow ', '/run-flow 58', '/run-flow 58 ', '/run-flow 58 a b c', '/message "a b', '/message a ', '/auth'].map(currentOf)).toEqual([
      0,
      0,
      1,
      1,
      0,
      null,
      null
    ])
  })

  test('an argument with choices lists them, with quotes where there is a blank', () => {
    const palette = paletteFor('/auth ', COMMANDS)
    expect([palette.kind === 'arguments' && palette.options.map((option) => option.insert), names('/auth p'), names('/auth profile')]).toEqual([
      ['/auth profile', '/auth "all flows"'],
      ['profile'],
      []
    ])
  })

  test('arrows go round, Home and End go to the ends, other keys nowhere', () => {
    expect([moveActive('ArrowDown', 3, 4), moveActive('ArrowUp', 0, 4), moveActive('Home', 2, 4), moveActive('End', 0, 4), moveActive('x', 0, 4)]).toEqual([
      0,
      3,
      0,
      3,
      null
    ])
  })
})
