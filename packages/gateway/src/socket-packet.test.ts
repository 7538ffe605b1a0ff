import type { ServerFrame } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createPacket, packetOf } from './socket-packet.js'

test.each([
  [2, [0x81, 2]],
  [125, [0x81, 125]],
  [126, [0x81, 126, 0, 126]],
  [65_535, [0x81, 126, 0xff, 0xff]],
  [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]]
])('a message of %i bytes has the head that RFC 6455 wants, unmasked', (length, head) => {
  const text = 'x'.repeat(length - 1)
  const bytes = createPacket(text).bytes()
  expect([...bytes.subarray(0, head.length)]).toEqual(head)
  expect(bytes.subarray(head.length).toString()).toBe(`4${text}`)
})

test('the length is that of the bytes, not of the characters', () => {
  expect([...createPacket('é').bytes()]).toEqual([0x81, 3, 0x34, 0xc3, 0xa9])
})

test('a frame is an event of Socket.IO, encoded once for all who get the same', () => {
  const frame: ServerFrame = { name: 'drain', payload: { spreadMs: 5 } }
  expect(packetOf(frame).text).toBe('2["drain",{"spreadMs":5}]')
  expect(packetOf(frame)).toBe(packetOf(frame))
  expect(packetOf(frame).bytes()).toBe(packetOf(frame).bytes())
})
