import type { Figure } from './verdict.js'

type Row = readonly [what: string, unit: Figure['unit'], good: Figure['good'], hold: number, aim: number]

/** The figures to hold, by id. A ratio is to plain Socket.IO in the same run. */
const ROWS = {
  'rooms.cpu': ['200 rooms of 2, durable acks: CPU per message', 'x', 'at most', 1.6, 1.3],
  'rooms.rate': ['200 rooms of 2, durable acks: rate', 'x', 'at least', 0.6, 0.8],
  'one.cpu': ['one room, 1 receiver: CPU per message', 'x', 'at most', 1.9, 1.5],
  'one.rate': ['one room, 1 receiver: rate', 'x', 'at least', 0.5, 0.65],
  'nine.cpu': ['one room, 9 receivers: CPU per message', 'x', 'at most', 1.3, 1.1],
  'nine.rate': ['one room, 9 receivers: rate', 'x', 'at least', 0.8, 0.95],
  'sync.rate': ['fsync before the ack against ack first: rate', 'x', 'at least', 0.8, 0.95],
  'ack.p50': ['send to ack at 1,000/s, 100 clients: p50 above plain', 'ms', 'at most', 2, 1],
  'ack.p99': ['send to ack: p99 without the commit p99', 'x', 'at most', 2, 1.5],
  'idle.heap': ['idle visitor: heap', 'x', 'at most', 1.5, 1.25],
  'idle.rss': ['idle visitor: RSS', 'x', 'at most', 1.5, 1.25],
  'connect.cpu': ['connect, hello, resume of 0 rows: CPU', 'x', 'at most', 2, 1.5],
  'storm.time': ['storm: all back and caught up', 'x', 'at most', 1.25, 1],
  'storm.cpu': ['storm: CPU', 'x', 'at most', 2, 1.5],
  'storm.lost': ['storm: lost', 'messages', 'at most', 0, 0],
  'storm.p99': ['SIGKILL to first new ack: p99 of all', 'ms', 'at most', 4_000, 2_500],
  'recovery.cpu': ["storm against Socket.IO's own recovery: CPU", 'x', 'at most', 0.2, 0.12],
  'kill.ack': ['SIGKILL to first new ack, one client', 'ms', 'at most', 2_000, 1_000],
  'catchup.time': ['catch-up of 5,000 rows, one client', 'ms', 'at most', 2_000, 700],
  'stalled.memory': ['stalled readers: memory each', 'MiB', 'at most', 4, 1.5],
  'stalled.p99': ['stalled readers: p99 of the others', 'x', 'at most', 2, 1.2],
  'stalled.lost': ['stalled readers: lost', 'messages', 'at most', 0, 0],
  'start.time': ['gateway: cold start to listening', 'ms', 'at most', 600, 350],
  'install.size': ['gateway: what an install brings', 'MiB', 'at most', 40, 25]
} as const satisfies Record<string, Row>

export type FigureId = keyof typeof ROWS

export const FIGURES: readonly Figure[] = Object.entries<Row>(ROWS).map(([id, [what, unit, good, hold, aim]]) => ({ id, what, unit, good, hold, aim }))
