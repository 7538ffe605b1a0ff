import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const conditions = ['@parley/source', 'module', 'import', 'default']

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions: ['@parley/source', 'module', 'node'], externalConditions: ['@parley/source', 'node'] } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: { include: ['**/*.test.{ts,tsx,mjs}'], exclude: ['**/node_modules/**', '**/dist/**'] }
})
