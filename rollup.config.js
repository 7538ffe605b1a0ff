import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import nodeResolve from '@rollup/plugin-node-resolve'
import replace from '@rollup/plugin-replace'
import terser from '@rollup/plugin-terser'
import dts from 'rollup-plugin-dts'
import { hasSideEffects, shrinkEngineIo } from './e2e/tools/build/engine-io.mjs'
import { keepReleases, newestEntry } from './e2e/tools/build/releases.mjs'
import { typescriptOnce } from './e2e/tools/build/typescript-once.mjs'

const ROOT = fileURLToPath(new URL('.', import.meta.url))
const WIDGET_ASSETS = 'packages/widget/dist/assets'

/**
 * All bundles. Kinds:
 * `library`: what npm users import; every dependency stays an import, and each entry gets its types
 * `program`: runs in Node from this repository; every dependency stays an import
 * `page`: an ES module for a page, everything inside
 * `assets`: the same, under hashed names; the two former releases stay
 * `script`: for a plain script tag, everything inside
 * `reads` names what a bundle takes in besides its modules.
 */
export const BUNDLES = [
  { name: 'protocol', kind: 'library', from: 'packages/protocol/src', to: 'packages/protocol/dist', input: { index: 'index.ts', schemas: 'schemas/index.ts' } },
  {
    name: 'engine',
    kind: 'library',
    from: 'packages/engine/src',
    to: 'packages/engine/dist',
    input: { index: 'index.ts', contracts: 'contracts/index.ts', 'in-page': 'in-page/index.ts' }
  },
  { name: 'sdk', kind: 'library', from: 'packages/sdk/src', to: 'packages/sdk/dist', input: { index: 'index.ts', testing: 'testing/index.ts' } },
  {
    name: 'connectors',
    kind: 'library',
    from: 'packages/connectors/src',
    to: 'packages/connectors/dist',
    input: { index: 'index.ts', lch: 'lch/index.ts', script: 'script/index.ts', webhook: 'webhook/index.ts', 'webhook-wire': 'webhook/wire.ts' }
  },
  {
    name: 'gateway',
    kind: 'library',
    from: 'packages/gateway/src',
    to: 'packages/gateway/dist',
    input: { index: 'index.ts', main: 'main.ts' },
    executable: 'main'
  },
  {
    name: 'conformance',
    kind: 'library',
    from: 'packages/conformance/src',
    to: 'packages/conformance/dist',
    input: { index: 'index.ts', main: 'main.ts' },
    executable: 'main'
  },
  { name: 'widget', kind: 'library', from: 'packages/widget/src', to: 'packages/widget/dist', input: { index: 'index.ts' } },
  {
    name: 'widget-assets',
    kind: 'assets',
    from: 'packages/widget/src',
    to: WIDGET_ASSETS,
    input: { widget: 'index.ts' },
    reads: ['packages/widget/package.json']
  },
  {
    name: 'widget-loader',
    kind: 'script',
    from: 'packages/widget/src',
    to: 'packages/widget/dist',
    input: { parley: 'loader.ts' },
    reads: [`${WIDGET_ASSETS}/manifest.json`]
  },
  { name: 'demo', kind: 'program', from: 'demo', to: 'demo/dist', input: { start: 'start.ts', 'break-gateway': 'break/gateway-program.ts' } },
  {
    name: 'demo-site',
    kind: 'page',
    from: 'demo/site',
    to: 'demo/dist/site',
    input: { 'sdk-page': 'sdk-page.ts', 'break-page': 'break-page.ts', 'flows-page': 'flows-page.ts', 'labb-page': 'labb-page.ts' }
  }
]

const typescript = typescriptOnce()
const absolute = (path) => join(ROOT, path)
const inputOf = (bundle) => Object.fromEntries(Object.entries(bundle.input).map(([name, path]) => [name, absolute(join(bundle.from, path))]))
const isRelative = (id) => id.startsWith('.') || id.startsWith('/') || /^[A-Za-z]:[\\/]/.test(id)
/** Npm packages and other packages of ours: whoever imports the library brings them, once. */
const isDependency = (id) => isBuiltin(id) || !isRelative(id)

/** A warning is a fault in a bundle: an import that leads nowhere, a ring of files, a name that is not exported. */
function onwarn(warning) {
  throw Object.assign(new Error(warning.message), { loc: warning.loc, frame: warning.frame })
}

const executable = (name) => ({
  name: 'executable',
  renderChunk: (code, chunk) => (chunk.name === name && !code.startsWith('#!') ? `#!/usr/bin/env node\n${code}` : null)
})

/** Code for Node and for other bundlers: readable, dependencies left as imports. */
const forNode = (bundle) => ({
  input: inputOf(bundle),
  external: isDependency,
  onwarn,
  plugins: [typescript, ...(bundle.executable ? [executable(bundle.executable)] : [])],
  output: { dir: absolute(bundle.to), format: 'es', entryFileNames: '[name].js', chunkFileNames: 'shared/[name].js' }
})

const pagePlugins = () => [
  // Without `production` the plugin adds `development`, and socket.io's parser comes with its debug build.
  nodeResolve({ browser: true, exportConditions: ['@parley/source', 'browser', 'production'] }),
  typescript,
  replace({
    preventAssignment: true,
    values: {
      'process.env.NODE_ENV': JSON.stringify('production'),
      __PARLEY_WIDGET_FILE__: () => JSON.stringify(newestEntry(absolute(WIDGET_ASSETS)))
    }
  }),
  terser({ module: true, ecma: 2020, compress: { passes: 3, pure_getters: true, inline: 1 }, format: { comments: false } })
]

/** A chunk made of `rich/index.ts` is called `rich`. */
const chunkName = (chunk) => (chunk.name === 'index' ? basename(dirname(chunk.facadeModuleId ?? chunk.moduleIds.at(-1))) : chunk.name)
const hashed = (chunk) => `${chunkName(chunk)}-[hash].js`

const forPage = (bundle, output, plugins) => ({
  input: inputOf(bundle),
  // What a later chunk needs stays in the entry, instead of a third file that would be one more round trip.
  preserveEntrySignatures: 'allow-extension',
  onwarn,
  // Nothing here has a getter that does something: without this word, schemas that nobody reads with stay.
  treeshake: { moduleSideEffects: hasSideEffects, propertyReadSideEffects: false },
  plugins: [...plugins, ...pagePlugins()],
  output: { dir: absolute(bundle.to), ...output }
})

const shrink = (options) => shrinkEngineIo((path) => readFile(path, 'utf8'), options)
const versionOfWidget = () => JSON.parse(readFileSync(absolute('packages/widget/package.json'), 'utf8')).version

/** A row of the table as rollup's options. */
export function rollupOptions(bundle) {
  switch (bundle.kind) {
    case 'library':
    case 'program':
      return forNode(bundle)
    case 'page':
      return forPage(bundle, { format: 'es', entryFileNames: '[name].js', chunkFileNames: hashed }, [shrink({ withWebSocket: true })])
    case 'assets':
      return forPage(bundle, { format: 'es', entryFileNames: '[name]-[hash].js', chunkFileNames: hashed }, [shrink(), keepReleases(versionOfWidget())])
    case 'script':
      return forPage(bundle, { format: 'iife', entryFileNames: '[name].js' }, [])
    default:
      throw new Error(`${bundle.name}: unknown kind ${bundle.kind}`)
  }
}

/** The folder of the package a module is from, `packages/engine` for example. */
const packageOf = (moduleId) => relative(ROOT, moduleId).split(sep).slice(0, 2).join('/')

/** The entries that somebody imports: all but the executable. The names are where the types go, below the root. */
function typedEntries(bundle) {
  const entries = Object.entries(inputOf(bundle)).filter(([name]) => name !== bundle.executable)
  return entries.map(([name, path]) => [`${bundle.to}/${name}`, path])
}

/** The types of all libraries in one run, because making the program is what takes the time. */
export function typesOptions(bundles) {
  const libraries = bundles.filter((bundle) => bundle.kind === 'library')
  const input = Object.fromEntries(libraries.flatMap(typedEntries))
  return {
    input,
    external: isDependency,
    onwarn,
    plugins: [dts({ tsconfig: absolute('tsconfig.json') })],
    output: { dir: ROOT, format: 'es', entryFileNames: '[name].d.ts', chunkFileNames: (chunk) => `${packageOf(chunk.moduleIds[0])}/dist/shared/[name].d.ts` }
  }
}

export default [...BUNDLES.map(rollupOptions), typesOptions(BUNDLES)]
