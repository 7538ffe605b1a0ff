/**
 * What the browser bundles leave out of engine.io-client and socket.io-parser, which have no option for it:
 * - WebTransport, which no gateway of ours answers, and polling, which the SDK fetches when it needs it;
 * - binary attachments, which are not of our protocol: a packet with one ends the connection as a parse error;
 * - `Function("return this")()`, which a page without `unsafe-eval` would report although it never runs.
 * The build fails when a hook found nothing to do: then the library has changed, and this file must.
 */
const HOOKS = [
  {
    name: 'leave WebTransport and polling out',
    file: /engine\.io-client\/build\/esm\/transports\/index\.js$/,
    rewrite: () => `import { WS } from './websocket.node.js'
export const transports = { websocket: WS }
`
  },
  {
    name: 'leave binary attachments out of the parser',
    file: /socket\.io-parser\/build\/esm\/(?:binary|is-binary)\.js$/,
    rewrite: () => `export const isBinary = () => false
export const hasBinary = isBinary
const refuse = () => { throw new Error('binary is not of the protocol') }
export const deconstructPacket = refuse
export const reconstructPacket = refuse
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

const POLLING = /engine\.io-client\/build\/esm\/(?:transports\/polling|contrib\/has-cors)|sdk\/src\/transports\/polling\./

/** Polling goes into a chunk of its own, though the library's index names it: who needs it fetches it. */
export const pollingChunk = (id) => (POLLING.test(id) ? 'polling' : null)
/** The library's modules do nothing by being loaded. */
export const hasSideEffects = (id) => !id.includes('/engine.io-client/')
