import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Runs the tests of one connector's folder, which may stand outside the repository: what it does not find itself, it finds here. */
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const conditions = ['@parley/source', 'module', 'import', 'default']

export default defineConfig({
  root: process.env['PARLEY_CONNECTOR_FOLDER'] ?? REPOSITORY,
  resolve: { conditions },
  ssr: { resolve: { conditions: ['@parley/source', 'module', 'node'], externalConditions: ['@parley/source', 'node'] } },
  plugins: [
    {
      name: 'packages-of-the-repository',
      enforce: 'pre',
      async resolveId(source, importer, options) {
        if (!/^(?:@[\w-]+\/)?[\w-]+(?:\/|$)/.test(source) || !importer) return null
        const own = await this.resolve(source, importer, { ...options, skipSelf: true })
        return own ?? this.resolve(source, `${REPOSITORY}package.json`, { ...options, skipSelf: true })
      }
    }
  ],
  test: { include: ['**/*.test.ts'], exclude: ['**/node_modules/**', '**/dist/**'] }
})
