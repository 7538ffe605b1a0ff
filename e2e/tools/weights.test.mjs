import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { closure, gzipBytes, importsOf, whyOver } from './weights.mjs'

const resolve = (specifier, importer) => posix.join(posix.dirname(importer), specifier)
const among = (files) => (path) => files[path] ?? null

describe('weights', () => {
  test('tell what is fetched at once from what is fetched on demand', () => {
    const code = "import './a.js'\nexport { b } from './b.js'\nimport c from 'elsewhere'\nconst load = () => import('./d.js')\nconst no = \"import './e.js'\""
    expect(importsOf(code)).toEqual({ now: ['./a.js', './b.js'], later: ['./d.js'] })
  })

  test('count everything that is imported statically, each file once, rings too', () => {
    const files = {
      'x/start.js': "import './a.js'\nimport './b.js'",
      'x/a.js': "import './b.js'",
      'x/b.js': "import './a.js'\nconst f = () => import('./late.js')",
      'x/late.js': ''
    }
    expect(closure(['x/start.js'], among(files), resolve)).toEqual({ loaded: ['x/start.js', 'x/a.js', 'x/b.js'], later: ['x/late.js'], missing: [] })
  })

  test('name what is missing, also behind an import', () => {
    expect(closure(['x/start.js', 'x/gone.js'], among({ 'x/start.js': "import './lost.js'" }), resolve).missing).toEqual(['x/lost.js', 'x/gone.js'])
  })

  test('are over by one byte, and not by none', () => {
    expect([whyOver({ holdBytes: 100 }, 100, []), whyOver({ holdBytes: 100 }, 101, []), whyOver({ holdBytes: 100 }, 0, ['x.js'])]).toEqual([
      null,
      '1 bytes over',
      'missing: x.js'
    ])
  })

  test('are those of gzip', () => {
    expect(gzipBytes('a'.repeat(10_000))).toBeLessThan(100)
  })
})
