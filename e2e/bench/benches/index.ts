import type { Bench } from '../bench.js'
import { catchUp, coldStart, installSize, killToAck } from './alone.js'
import { connecting, idleMemory } from './connections.js'
import { sendToAck } from './latency.js'
import { stalls } from './stalls.js'
import { recovery, storm } from './storms.js'
import { nineReceivers, oneReceiver, roomsOfTwo, syncOrNot } from './throughput.js'

/** All benches, by the name that `--only` takes. */
export const BENCHES = {
  rooms: roomsOfTwo,
  one: oneReceiver,
  nine: nineReceivers,
  sync: syncOrNot,
  ack: sendToAck,
  idle: idleMemory,
  connect: connecting,
  storm,
  recovery,
  kill: killToAck,
  catchup: catchUp,
  stalled: stalls,
  start: coldStart,
  install: installSize
} satisfies Record<string, Bench>
