/**
 * What the browser bundles change in engine.io-client, which has no option for it. The SDK fetches the library only where
 * its own WebSocket does not get through, so of the library's ways
 * - long-polling alone is taken in, and neither WebSocket nor WebTransport; WebSocket, too, for pages on which the library
 *   itself is the line, to a server that is not ours;
 * - `Function("return this")()` is replaced, which a page without `unsafe-eval` would report although it never runs.
 * The build fails when a hook found nothing to do: then the library has changed, and this file must.
 */
const POLLING = `import { XHR } from './polling-xhr.node.js'
export const transports = { polling: XHR }
`
const POLLING_AND_WEB_SOCKET = `import { XHR } from './polling-xhr.node.js'
import { WS } from './websocket.node.js'
export const transports = { websocket: WS, polling: XHR }
`

const hooksFor = (ways) => [
  {
    name: 'leave all ways but polling out',
    file: /engine\.io-client\/build\/esm\/transports\/index\.js$/,
    rewrite: () => ways
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

/**
 * @param readFile reads a module's text, given its absolute path
 * @param withWebSocket the library's own WebSocket is taken in, too
 */
export function shrinkEngineIo(readFile, { withWebSocket = false } = {}) {
  const hooks = hooksFor(withWebSocket ? POLLING_AND_WEB_SOCKET : POLLING)
  const fired = new Set()
  return {
    name: 'shrink-engine-io',
    buildStart: () => fired.clear(),
    async load(id) {
      const hook = hooks.find((candidate) => candidate.file.test(id))
      if (!hook) return null
      fired.add(hook)
      return { code: hook.rewrite(await readFile(id)), moduleSideEffects: false }
    },
    buildEnd(error) {
      if (error) return
      for (const hook of hooks) if (!fired.has(hook)) this.error(`the hook to ${hook.name} did not fire: has engine.io-client moved ${hook.file}?`)
    }
  }
}

/** The library's modules do nothing by being loaded. */
export const hasSideEffects = (id) => !id.includes('/engine.io-client/')
