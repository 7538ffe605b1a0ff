import { createFakeClock, seededRandom, type FakeClock } from '@parley/sdk/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFaultProxy, type FaultProxy } from './fault-proxy.js'
import { dial, type End, openTarget, until } from './testing.js'

let clock: FakeClock
let target: Awaited<ReturnType<typeof openTarget>>
let proxy: FaultProxy
let clients: End[]
beforeEach(async () => {
  clock = createFakeClock()
  target = await openTarget()
  proxy = await createFaultProxy({ target, seed: 7, clock })
  clients = []
})
afterEach(async () => {
  for (const { socket } of clients) socket.destroy()
  target.close()
  await proxy.close()
})

/** A line through the proxy: its client, and the target's end of it. */
async function open(): Promise<{ readonly client: End; readonly server: End }> {
  const client = dial(proxy.port)
  clients.push(client)
  const count = target.ends.length
  await until('the line is open', () => target.ends.length > count)
  const server = target.ends[count]
  if (!server) throw new Error('no end')
  return { client, server }
}
const isHeld = (bytes: number, direction: 'up' | 'down' = 'up') => until(`${bytes} bytes are held`, () => proxy.traffic(direction).heldBytes === bytes)
const hears = (end: End, text: string) => until(`"${text}" is heard`, () => end.heard().toString() === text)
const noise = (size: number): Buffer => Buffer.from(seededRandom(size).bytes(size))

describe('without a toxic', () => {
  test('bytes go both ways unchanged and in order, and so does the end', async () => {
    const { client, server } = await open()
    const [up, down] = [noise(3_000_000), noise(1_000_000)]
    client.socket.end(up)
    server.socket.end(down)
    await until('all came', () => server.heard().length === up.length && client.heard().length === down.length)
    expect([server.heard().equals(up), client.heard().equals(down)]).toEqual([true, true])
    await until('both have heard the end', () => server.ending() === 'end' && client.ending() === 'end')
    await until('nothing is left', () => proxy.lines() === 0)
  })

  test('one side that has ended still hears the other', async () => {
    const { client, server } = await open()
    client.socket.end('question')
    await until('the end', () => server.ending() === 'end')
    server.socket.end('answer')
    await hears(client, 'answer')
  })

  test('a reset of one side is a reset of the other', async () => {
    const { client, server } = await open()
    client.socket.resetAndDestroy()
    await until('the reset', () => server.ending() === 'reset')
  })

  test('a target that is not there is a line that ends', async () => {
    proxy.aim({ port: 1 })
    const client = dial(proxy.port)
    clients.push(client)
    await until('the end', () => client.ending() !== null)
  })

  test('a source that is faster than its sink is told to stop', async () => {
    const { client, server } = await open()
    server.socket.pause()
    const up = noise(12_000_000)
    client.socket.write(up)
    await until('it is stopped', () => proxy.traffic('up').heldBytes >= 1_048_576)
    expect(proxy.traffic('up').heldBytes).toBeLessThan(2_200_000)
    server.socket.resume()
    await until('all came', () => server.heard().length === up.length)
    expect(server.heard().equals(up)).toBe(true)
  })
})

describe('latency', () => {
  test('keeps each piece back for its time, in this direction only', async () => {
    const { client, server } = await open()
    proxy.set('up', { kind: 'latency', delayMs: 300 })
    client.socket.write('up')
    server.socket.write('down')
    await hears(client, 'down')
    await isHeld(2)
    await clock.advance(299)
    await isHeld(2)
    await clock.advance(1)
    await hears(server, 'up')
  })

  test('with jitter the order is kept', async () => {
    const { client, server } = await open()
    proxy.set('up', { kind: 'latency', delayMs: 500, jitterMs: 500 })
    const text = Array.from({ length: 20 }, (_, number) => `${number} `)
    for (const [index, word] of text.entries()) {
      client.socket.write(word)
      await isHeld(text.slice(0, index + 1).join('').length)
    }
    await clock.advance(1_000)
    await hears(server, text.join(''))
  })

  test('that is taken away lets what waits go at once', async () => {
    const { client, server } = await open()
    proxy.set('both', { kind: 'latency', delayMs: 60_000 })
    client.socket.write('late')
    await isHeld(4)
    proxy.clear('latency')
    await hears(server, 'late')
  })
})

test('bandwidth lets so many bytes through in a second', async () => {
  const { client, server } = await open()
  proxy.set('up', { kind: 'bandwidth', bytesPerS: 1_000 })
  client.socket.write(noise(2_000))
  await until('the first piece', () => server.heard().length === 50)
  await clock.advance(1_000)
  await until('a second of it', () => server.heard().length === 1_050)
  await clock.advance(950)
  await until('all of it', () => server.heard().equals(noise(2_000)))
})

test('slow close tells the end later, and the bytes before it at once', async () => {
  const { client, server } = await open()
  proxy.set('up', { kind: 'slowClose', delayMs: 700 })
  client.socket.end('last words')
  await hears(server, 'last words')
  await clock.advance(699)
  expect(server.ending()).toBe(null)
  await clock.advance(1)
  await until('the end', () => server.ending() === 'end')
})

describe('a black hole', () => {
  test('lets nothing through, not even the end, and all of it when it is gone', async () => {
    const { client, server } = await open()
    proxy.set('up', { kind: 'timeout' })
    client.socket.end('into the dark')
    await isHeld(13)
    server.socket.write('still heard')
    await hears(client, 'still heard')
    await clock.advance(1_000_000)
    expect([server.times(), server.ending()]).toEqual([0, null])
    proxy.clear()
    await hears(server, 'into the dark')
    await until('the end', () => server.ending() === 'end')
  })

  test('with a time closes the line after it', async () => {
    const { client, server } = await open()
    proxy.set('down', { kind: 'timeout', afterMs: 400 })
    await clock.advance(399)
    expect(client.ending()).toBe(null)
    await clock.advance(1)
    await until('both ends', () => client.ending() !== null && server.ending() !== null)
    expect(client.times()).toBe(0)
  })
})

test('reset peer resets both sides after its time', async () => {
  const { client, server } = await open()
  proxy.set('down', { kind: 'resetPeer', afterMs: 250 })
  client.socket.write('before')
  await hears(server, 'before')
  await clock.advance(250)
  await until('both are reset', () => client.ending() === 'reset' && server.ending() === 'reset')
})

test('the slicer hands the bytes on in small pieces, with a pause between them', async () => {
  const { client, server } = await open()
  proxy.set('up', { kind: 'slicer', bytes: 1, pauseMs: 10 })
  client.socket.write('sliced')
  for (let count = 1; count <= 6; count++) {
    await until(`${count} bytes came`, () => server.heard().length === count)
    await clock.advance(10)
  }
  expect([server.times(), server.heard().toString()]).toEqual([6, 'sliced'])
})

describe('limit data', () => {
  test.each([0, 1, 5, 9])('closes the line after exactly %i bytes', async (bytes) => {
    proxy.set('up', { kind: 'limitData', bytes })
    const client = dial(proxy.port)
    clients.push(client)
    client.socket.write('123')
    client.socket.write('456789')
    await until('the end', () => client.ending() !== null)
    await until('the target heard the end', () => target.ends.length === 0 || target.ends[0]?.ending() !== null)
    expect(target.ends[0]?.heard().toString() ?? '').toBe('123456789'.slice(0, bytes))
  })

  test('counts each line by itself', async () => {
    const [one, other] = [await open(), await open()]
    proxy.set('down', { kind: 'limitData', bytes: 4 })
    one.server.socket.write('four')
    await until('the end', () => one.client.ending() !== null)
    other.server.socket.write('abc')
    await hears(other.client, 'abc')
    expect([one.client.heard().toString(), other.client.ending()]).toEqual(['four', null])
  })
})

test('several toxics at a time: late, and in small pieces, and cut in the end', async () => {
  const { client, server } = await open()
  proxy.set('up', { kind: 'latency', delayMs: 100 })
  proxy.set('up', { kind: 'slicer', bytes: 2 })
  proxy.set('up', { kind: 'limitData', bytes: 5 })
  client.socket.write('abcdefgh')
  await isHeld(8)
  await clock.advance(100)
  await until('the end', () => client.ending() !== null)
  expect(server.heard().toString()).toBe('abcde')
})

test('cut ends all lines, and new ones are taken', async () => {
  const lines = [await open(), await open(), await open()]
  expect(proxy.cut()).toBe(3)
  await until('all are reset', () => lines.every(({ client, server }) => client.ending() === 'reset' && server.ending() === 'reset'))
  await until('none is left', () => proxy.lines() === 0)
  const { client, server } = await open()
  client.socket.write('again')
  await hears(server, 'again')
})

test('refuse closes the port and leaves open lines alone; accept opens it again', async () => {
  const { client, server } = await open()
  await proxy.refuse()
  const refused = dial(proxy.port)
  clients.push(refused)
  await until('the refusal', () => refused.ending() === 'reset')
  client.socket.write('still here')
  await hears(server, 'still here')
  await proxy.accept()
  await open()
})

test('the same seed makes the same choices', async () => {
  const cuts = async (seed: number): Promise<readonly number[]> => {
    const mine = await createFaultProxy({ target, seed, clock })
    mine.set('up', { kind: 'slicer', bytes: 10, varyBytes: 9, pauseMs: 10 })
    const count = target.ends.length
    const client = dial(mine.port)
    clients.push(client)
    client.socket.write(noise(200))
    await until('it is open', () => target.ends.length > count)
    const sizes: number[] = []
    while (mine.traffic('up').passedBytes < 200) {
      const before = mine.traffic('up').passedBytes
      await clock.advance(10)
      if (mine.traffic('up').passedBytes > before) sizes.push(mine.traffic('up').passedBytes)
      await until('it is heard', () => target.ends[count]?.heard().length === mine.traffic('up').passedBytes)
    }
    await mine.close()
    return sizes
  }
  const first = await cuts(1)
  expect(await cuts(1)).toEqual(first)
  expect(await cuts(2)).not.toEqual(first)
})
