import { type Peer, type PeerEvents, SILENT } from './peer.js'
import type { Side } from './side.js'

/** Handshakes under way at a time: more is a storm, which is a bench of its own. */
const AT_ONCE = 50
/** A load that stands still this long is stuck, in ms. */
const PATIENCE_MS = 60_000

/** A peer that tells when it has settled. */
export type Member = { readonly peer: Peer; readonly settled: () => Promise<void> }

/** @param events what else is to be heard */
export function createMember(side: Side, room: number, member: number, events: Partial<PeerEvents> = {}): Member {
  let done = (): void => {}
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      done = resolve
    })
  const peer = side.peer(room, member, {
    ...SILENT,
    ...events,
    onSettled() {
      done()
      events.onSettled?.()
    },
    onEnd(why) {
      if (!events.onEnd) throw new Error(`a line ended: ${why}`)
      events.onEnd(why)
    }
  })
  return { peer, settled: next }
}

/** Connects all, some at a time, and waits until each has settled. */
export async function connectAll(members: readonly Member[]): Promise<void> {
  const left = [...members].reverse()
  const work = async (): Promise<void> => {
    for (let member = left.pop(); member; member = left.pop()) {
      const settled = member.settled()
      member.peer.connect()
      await settled
    }
  }
  await within(Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, work)), 'connecting')
}

/** @throws when it takes too long, saying what did */
export async function within<Value>(work: Promise<Value>, what: string, patienceMs = PATIENCE_MS): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} is not done after ${patienceMs / 1_000} s`)), patienceMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
