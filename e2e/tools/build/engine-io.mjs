/**
 * What the browser bundles leave out of engine.io-client, which has no option for it:
 * WebTransport (0.8 kB gzip that no gateway of ours answers), and `Function("return this")()`, which
 * a page without `unsafe-eval` would report although it never runs.
 * The build fails when a hook found nothing to do: then the library has changed, and this file must.
 */
const HOOKS = [
  {
    name: 'leave WebTransport out',
    file: /engine\.io-client\/build\/esm\/transports\/index\.js$/,
    rewrite: () => `import { XHR } from './polling-xhr.node.js'
import { WS } from './websocket.node.js'
export const transports = { websocket: WS, polling: XHR }
`
  },
  {
    name: 'name the global object without evaluating text',
    file: /engine\.io-client\/build\/esm\/globals\.js$/,
    rewrite: (code) => replaceOnce(code, 'Function("return this")()', 'globalThis')
  }
]

function replaceOnce(code, found, wanted) {
  if (code.split(found).length !== 2) throw new Error(`engine.io-client: expected ${found} exactly once`)
  return code.replace(found, wanted)
}

/** @param readFile reads a module's text, given its absolute path */
export function shrinkEngineIo(readFile) {
  const fired = new Set()
  return {
    name: 'shrink-engine-io',
    buildStart: () => fired.clear(),
    async load(id) {
      const hook = HOOKS.find((candidate) => candidate.file.test(id))
      if (!hook) return null
      fired.add(hook)
      return { code: hook.rewrite(await readFile(id)), moduleSideEffects: false }
    },
    buildEnd(error) {
      if (error) return
      for (const hook of HOOKS) if (!fired.has(hook)) this.error(`the hook to ${hook.name} did not fire: has engine.io-client moved ${hook.file}?`)
    }
  }
}
