import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { openDoors } from './testing/open-doors.js'
import { createStubEngine } from './testing/stub-engine.js'

/** A WebSocket client of which nothing comes any more once the line is open: no answer to a ping, none to a goodbye. */
function openSilent(url: string): { readonly opened: Promise<string>; readonly ended: Promise<string> } {
  const { port, host } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  const head = ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', `Host: ${host}`, 'Upgrade: websocket', 'Connection: Upgrade']
  socket.write([...head, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', '', ''].join('\r\n'))
  let heard = ''
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1')
  })
  return {
    opened: new Promise((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1').split('\r\n')[0] ?? ''))),
    ended: new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('end', () => resolve(heard))
    })
  }
}

test('rule 7: a line that brings nothing any more is ended for good, without waiting for the answer to a goodbye', async () => {
  const doors = await openDoors(createStubEngine(), { heartbeat: { pingInterval: 50, pingTimeout: 50 } })
  const client = openSilent(doors.url)
  expect(await client.opened).toBe('HTTP/1.1 101 Switching Protocols')
  // The last thing heard is the closing frame of WebSocket.
  expect((await client.ended).slice(-2)).toBe('\x88\x00')
  await doors.close()
})
