import { createHash } from 'node:crypto'
import type { SessionAnswer } from '@parley/protocol'
import { createParleyPeer, type ParleyPeer, type Place } from './parley-peer.js'
import type { Peer, PeerEvents } from './peer.js'
import { createPlainPeer } from './plain-peer.js'
import { type ServerKind, type ServerOptions, type ServerProcess, startServer } from './server-process.js'
import { openSessions } from './sessions.js'

/** One of the two that are compared: a server under load, and clients that speak its language. */
export interface Side {
  readonly kind: ServerKind
  server(): ServerProcess
  /** Opens so many conversations, those that there are included. */
  openRooms(count: number): Promise<void>
  /** Client `member` of room `room`; not yet connected. */
  peer(room: number, member: number, events: PeerEvents): Peer
  /** Ends the server and starts it again at once, at the same port and on the same store. */
  restart(): Promise<void>
  end(): Promise<void>
}
export type ParleySide = Side & { parleyPeer(room: number, member: number, options: { readonly events: PeerEvents; readonly place?: Place }): ParleyPeer }

const isPlain = (kind: ServerKind): boolean => kind === 'plain' || kind === 'recovering'

/** @param rooms how many conversations there will be; each is opened beforehand */
export async function openSide(kind: ServerKind, rooms: number, options: ServerOptions = {}): Promise<Side> {
  return isPlain(kind) ? openPlain(kind, options) : openParley(kind, rooms, options)
}

async function startAgain(kind: ServerKind, old: ServerProcess, options: ServerOptions): Promise<ServerProcess> {
  await old.end('SIGKILL')
  return startServer(kind, { ...options, port: old.port })
}

async function openPlain(kind: ServerKind, options: ServerOptions): Promise<Side> {
  let server = await startServer(kind, options)
  const { port } = server
  return {
    kind,
    server: () => server,
    openRooms: async () => {},
    peer: (room, _member, events) => createPlainPeer({ port, room: `room ${room}`, events }),
    async restart() {
      server = await startAgain(kind, server, options)
    },
    end: () => server.end('SIGTERM')
  }
}

export async function openParley(kind: ServerKind, rooms: number, options: ServerOptions): Promise<ParleySide> {
  let server = await startServer(kind, options)
  const { port } = server
  let sessions = await openSessions(port, rooms)
  const parleyPeer: ParleySide['parleyPeer'] = (room, member, { events, place }) =>
    createParleyPeer({ port, session: sessions[room] as SessionAnswer, device: deviceOf(room, member), events, ...(place ? { place } : {}) })
  return {
    kind,
    server: () => server,
    async openRooms(count) {
      sessions = await openSessions(port, count)
    },
    parleyPeer,
    peer: (room, member, events) => parleyPeer(room, member, { events }),
    async restart() {
      server = await startAgain(kind, server, options)
    },
    end: () => server.end('SIGTERM')
  }
}

const deviceOf = (room: number, member: number): string => createHash('sha256').update(`device ${room} ${member}`).digest('base64url').slice(0, 22)
