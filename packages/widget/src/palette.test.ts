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
  return palette.kind === 'commands' ? palette.options.map((option) => option.key) : []
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

  test('behind a whole name come its arguments, if it has any', () => {
    expect(['/auth ', '/AUTH p', '/me '].map((text) => paletteFor(text, COMMANDS))).toEqual([
      { kind: 'arguments', spec: COMMANDS[0], typed: '' },
      { kind: 'arguments', spec: COMMANDS[0], typed: 'p' },
      { kind: 'none' }
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
