import { readFile } from 'node:fs/promises'
import nodeResolve from '@rollup/plugin-node-resolve'
import { rollup } from 'rollup'
import { expect, test } from 'vitest'
import { hasSideEffects, shrinkEngineIo } from './engine-io.mjs'

const START = fileFrom('start.js')

/** A path inside the repository, so that packages are found from it; the file itself is made up. */
function fileFrom(name) {
  return new URL(name, import.meta.url).pathname
}

async function bundle(code, ...plugins) {
  const treeshake = plugins.length > 0 ? { moduleSideEffects: hasSideEffects } : true
  const start = { name: 'start', resolveId: (id) => (id === START ? id : null), load: (id) => (id === START ? code : null) }
  const build = await rollup({
    input: START,
    treeshake,
    plugins: [start, ...plugins, nodeResolve({ browser: true, exportConditions: ['browser', 'production'] })]
  })
  const { output } = await build.generate({ format: 'es' })
  return output[0].code
}

const fromDisk = (path) => readFile(path, 'utf8')
const USES_SOCKET_IO = "import { io } from 'socket.io-client'\nexport const connect = () => io('https://chat.example.com')"

test('a page bundle holds polling, and neither WebTransport nor code from text; WebSocket where it is wanted', async () => {
  const stock = await bundle(USES_SOCKET_IO)
  const shrunk = await bundle(USES_SOCKET_IO, shrinkEngineIo(fromDisk))
  const withWebSocket = await bundle(USES_SOCKET_IO, shrinkEngineIo(fromDisk, { withWebSocket: true }))
  const held = (code) => [/XMLHttpRequest/, /new WebSocketCtor\(/, /new WebTransport\(/, /Function\("return this"\)/].map((pattern) => pattern.test(code))
  expect([stock, shrunk, withWebSocket].map(held)).toEqual([
    [true, true, true, true],
    [true, false, false, false],
    [true, true, false, false]
  ])
})

test('the build fails when a hook found nothing to do', async () => {
  await expect(bundle('export const a = 1', shrinkEngineIo(fromDisk))).rejects.toThrow('the hook to leave all ways but polling out did not fire')
})

test('the build fails when the library no longer holds what a hook replaces', async () => {
  await expect(
    bundle(
      USES_SOCKET_IO,
      shrinkEngineIo(async () => 'export const globalThisShim = self')
    )
  ).rejects.toThrow('expected Function("return this")() exactly once')
})
