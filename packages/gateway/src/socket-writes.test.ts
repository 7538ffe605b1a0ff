import type { Socket } from 'socket.io'
import { expect, test } from 'vitest'
import { createPacket } from './socket-packet.js'
import { gatherWrites } from './socket-writes.js'

type Options = { readonly wsPreEncodedFrame?: readonly Buffer[] }

/** A connection that writes down what it is told. */
function open(transport: 'websocket' | 'polling') {
  const told: string[] = []
  const conn = {
    transport: { name: transport },
    write(data: string, options?: Options) {
      told.push(options?.wsPreEncodedFrame ? `frames ${Buffer.concat([...options.wsPreEncodedFrame]).toString('latin1')}` : `text ${data}`)
      return conn
    },
    close: () => told.push('close')
  } as unknown as Socket['conn']
  const given: number[] = []
  const writes = gatherWrites(conn, (bytes) => given.push(bytes))
  return { conn, writes, told, given }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const frame = (text: string): string => `\x81${String.fromCharCode(text.length + 1)}4${text}`

test('what is given in one turn leaves in one write, in order, with what promises bring and Socket.IO sends', async () => {
  const { conn, writes, told, given } = open('websocket')
  writes.give(createPacket('a'))
  void Promise.resolve()
    .then(() => {})
    .then(() => conn.write('b'))
    .then(() => writes.give(createPacket('c')))
  expect(told).toEqual([])
  await turn()
  expect(told).toEqual([`frames ${frame('a')}${frame('b')}${frame('c')}`])
  expect(given).toEqual([4, 4, 4])
  writes.give(createPacket('d'))
  await turn()
  expect(told).toHaveLength(2)
})

test('over long-polling every packet stays a packet', async () => {
  const { writes, told } = open('polling')
  writes.give(createPacket('a'))
  writes.give(createPacket('b'))
  await turn()
  expect(told).toEqual(['text a', 'text b'])
})

test('what was given leaves before the end of the connection', () => {
  const { conn, writes, told } = open('websocket')
  writes.give(createPacket('a'))
  conn.close()
  expect(told).toEqual([`frames ${frame('a')}`, 'close'])
})

test('rule 10: much does not wait for the end of the turn', () => {
  const { writes, told } = open('websocket')
  for (let packet = 0; packet < 3; packet++) writes.give(createPacket('x'.repeat(40_000)))
  expect(told).toHaveLength(1)
})
