import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { BODY, type Frame, frame, framesIn, HEADER, long, longlong, longText, METHOD, method, reader, short, shortText } from './amqp-frames.js'

export type Published = {
  readonly exchange: string
  readonly routingKey: string
  readonly isMandatory: boolean
  readonly body: string
  /** The properties as they came: flags, then what they announce. */
  readonly properties: Buffer
}

/** What becomes of a message: confirmed, refused, given back and confirmed, left without an answer, or the line is cut. */
export type Fate = 'ack' | 'nack' | 'return' | 'silence' | 'cut'

export interface AmqpBroker {
  readonly url: string
  readonly port: number
  /** All messages that came, whatever became of them. */
  readonly published: readonly Published[]
  /** Exchanges that were declared: `name type durable`. */
  readonly exchanges: Set<string>
  lines(): number
  /** @param index from 1, over all lines */
  fate: (message: Published, index: number) => Fate
  /** The method, as class * 1,000 + number, from which on it says nothing more; `null`: it answers all. */
  silentFrom: number | null
  cut(): void
  close(): Promise<void>
}

const PASSWORD = 'p@ss word'

/** A broker that speaks to publishers only, in the real framing, and fails as the test wants. */
export async function startAmqpBroker(port = 0): Promise<AmqpBroker> {
  const sockets = new Set<Socket>()
  const published: Published[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serve(socket, broker, published)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const at = (server.address() as AddressInfo).port
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const broker: AmqpBroker = {
    url: `amqp://parley:${encodeURIComponent(PASSWORD)}@127.0.0.1:${at}`,
    port: at,
    published,
    exchanges: new Set(),
    lines: () => sockets.size,
    fate: () => 'ack',
    silentFrom: null,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      })
  }
  return broker
}

type Coming = { publish: { exchange: string; routingKey: string; isMandatory: boolean }; header: Buffer; size: number; body: Buffer }

function serve(socket: Socket, broker: AmqpBroker, published: Published[]): void {
  let left = Buffer.alloc(0)
  let isGreeted = false
  let isSilent = false
  /** By channel: the message whose frames are coming, and how many were confirmed. */
  const coming = new Map<number, Coming>()
  const tags = new Map<number, number>()

  socket.on('data', (bytes) => {
    left = Buffer.concat([left, bytes])
    if (!isGreeted) {
      if (left.length < 8) return
      if (left.toString('latin1', 0, 8) !== 'AMQP\0\0\x09\x01') return socket.destroy()
      isGreeted = true
      left = left.subarray(8)
      socket.write(method(0, [10, 10], Buffer.from([0, 9]), long(0), longText('PLAIN'), longText('en_US')))
    }
    const { frames, rest } = framesIn(left)
    left = Buffer.from(rest)
    for (const one of frames) take(one)
  })

  function take({ kind, channel, payload }: Frame): void {
    if (kind === METHOD) return answer(channel, payload.readUInt16BE(0) * 1_000 + payload.readUInt16BE(2), payload.subarray(4))
    const message = coming.get(channel)
    if (!message) return
    if (kind === HEADER) Object.assign(message, { header: Buffer.from(payload), size: Number(payload.readBigUInt64BE(4)) })
    if (kind === BODY) message.body = Buffer.concat([message.body, payload])
    if (message.body.length === message.size) decide(channel, message)
  }

  function answer(channel: number, id: number, args: Buffer): void {
    if (id === broker.silentFrom) isSilent = true
    if (isSilent) return
    switch (id) {
      case 10_011:
        return isRightPassword(args)
          ? void socket.write(method(0, [10, 30], short(0), long(131_072), short(60)))
          : void socket.write(method(0, [10, 50], short(403), shortText('ACCESS_REFUSED - Login was refused'), short(0), short(0)))
      case 10_040:
        return void socket.write(method(0, [10, 41], shortText('')))
      case 10_050:
        return void socket.end(method(0, [10, 51]))
      case 20_010:
        return void socket.write(method(channel, [20, 11], longText('')))
      case 20_040:
        return void socket.write(method(channel, [20, 41]))
      case 85_010:
        return void socket.write(method(channel, [85, 11]))
      case 40_010:
        return declare(channel, args)
      case 60_040:
        return begin(channel, args)
      default:
        return
    }
  }

  function declare(channel: number, args: Buffer): void {
    const read = reader(args)
    read.skip(2)
    const [name, type, bits] = [read.shortText(), read.shortText(), read.byte()]
    const isPassive = (bits & 1) !== 0
    if (isPassive && ![...broker.exchanges].some((one) => one.startsWith(`${name} `))) {
      return void socket.write(method(channel, [20, 40], short(404), shortText(`NOT_FOUND - no exchange '${name}'`), short(40), short(10)))
    }
    if (!isPassive) broker.exchanges.add(`${name} ${type} ${(bits & 2) !== 0}`)
    socket.write(method(channel, [40, 11]))
  }

  function begin(channel: number, args: Buffer): void {
    const read = reader(args)
    read.skip(2)
    const publish = { exchange: read.shortText(), routingKey: read.shortText(), isMandatory: (read.byte() & 1) !== 0 }
    coming.set(channel, { publish, header: Buffer.alloc(0), size: -1, body: Buffer.alloc(0) })
  }

  function decide(channel: number, { publish, header, body }: Coming): void {
    coming.delete(channel)
    const tag = (tags.get(channel) ?? 0) + 1
    tags.set(channel, tag)
    const message: Published = { ...publish, body: body.toString(), properties: header.subarray(12) }
    const fate = published.push(message) && broker.fate(message, published.length)
    if (fate === 'cut') return void socket.destroy()
    if (fate === 'return') {
      const why = [short(312), shortText('NO_ROUTE'), shortText(publish.exchange), shortText(publish.routingKey)]
      socket.write(Buffer.concat([method(channel, [60, 50], ...why), frame(HEADER, channel, header), frame(BODY, channel, body)]))
    }
    if (fate === 'nack') socket.write(method(channel, [60, 120], longlong(tag), Buffer.from([0])))
    else if (fate !== 'silence') socket.write(method(channel, [60, 80], longlong(tag), Buffer.from([0])))
  }
}

/** `start-ok`: a table of the client's own, the mechanism, and `\0user\0password`. */
function isRightPassword(args: Buffer): boolean {
  const read = reader(args.subarray(4 + args.readUInt32BE(0)))
  return read.shortText() === 'PLAIN' && read.longText() === `\0parley\0${PASSWORD}`
}
