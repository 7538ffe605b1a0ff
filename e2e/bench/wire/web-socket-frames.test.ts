import { expect, test } from 'vitest'
import { createDecoder, encodeText } from './web-socket-frames.js'

/** The frame that a server would send for the same text: without the mask. */
function serverFrame(text: string): Buffer {
  const frame = Buffer.from(encodeText(text))
  const lengthByte = (frame[1] ?? 0) & 127
  const maskAt = lengthByte < 126 ? 2 : lengthByte === 126 ? 4 : 10
  frame[1] = lengthByte
  return Buffer.concat([frame.subarray(0, maskAt), frame.subarray(maskAt + 4)])
}

const TEXTS = ['2', 'é'.repeat(62), 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(65_535), 'x'.repeat(65_536), '']

test('texts of every length arrive whole, however the bytes are cut', () => {
  const bytes = Buffer.concat(TEXTS.map(serverFrame))
  for (const size of [1, 2, 3, 7, 1_000, 65_536, bytes.length]) {
    const heard: string[] = []
    const decode = createDecoder(
      (text) => heard.push(text),
      () => {}
    )
    for (let at = 0; at < bytes.length; at += size) decode(bytes.subarray(at, at + size))
    expect(heard).toEqual(TEXTS)
  }
})

test('a client frame is masked, as servers want it', () => {
  expect([...encodeText('hé')]).toEqual([0x81, 0x83, 0, 0, 0, 0, 0x68, 0xc3, 0xa9])
})

test('nothing behind a close frame is taken', () => {
  const heard: string[] = []
  const decode = createDecoder(
    (text) => heard.push(text),
    () => heard.push('closed')
  )
  decode(Buffer.concat([serverFrame('before'), Buffer.from([0x88, 0]), serverFrame('after')]))
  expect(heard).toEqual(['before', 'closed'])
})
