import { describe, expect, test } from 'vitest'
import { textFaults } from './text-faults.mjs'

describe('a text of the repository', () => {
  test.each([
    ['README.md', 'see\n/root/notes', 'README.md:2: path of a machine: /root/n'],
    ['a.ts', "const x = '/home/somebody/code'", 'a.ts:1: path of a machine: /home/somebody/c'],
    ['a.ts', "const x = '/tmp/parley'", 'a.ts:1: path of a machine: /tmp/p'],
    ['package-lock.json', '"resolved": "https://registry.npmjs.org/x.tgz"', 'package-lock.json:1: address of a package registry: //registry.npmjs.org'],
    ['a.ts', '// as issue 12 wants', 'a.ts:1: number of an issue: issue 1'],
    ['a.test.ts', "test.only('x', f)", 'a.test.ts:1: test that is switched off or alone: test.only'],
    ['a.test.ts', "describe.skip('x', f)", 'a.test.ts:1: test that is switched off or alone: describe.skip'],
    ['a.ts', '// @ts-ignore', 'a.ts:1: way around the compiler: @ts-ignore'],
    ['a.ts', '  debugger', 'a.ts:1: left from debugging: debugger']
  ])('%s may not hold %s', (path, text, fault) => {
    expect(textFaults(path, text)).toEqual([fault])
  })

  test.each([
    ['README.md', 'an address like https://example.com/root/x or any of them: any'],
    ['a.ts', 'const path = `$' + '{base}/work/items`'],
    ['a.test.ts', "const bad = 'https://user:secret@example.com'"],
    ['README.md', 'describe.skip is forbidden'],
    ['a.ts', "import { x } from './registry.js'"]
  ])('%s may hold %s', (path, text) => {
    expect(textFaults(path, text)).toEqual([])
  })
})
