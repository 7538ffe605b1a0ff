import { type Chance, createChance } from './chance.js'

/** What kind of a world a seed makes. Probabilities run from 0 to 1. */
export type Profile = {
  /** For each device the visitor it belongs to: devices of one visitor share a conversation. */
  readonly devices: readonly number[]
  /** For each device the browser of which it is a tab. */
  readonly browsers: readonly number[]
  /** Tabs of a browser have locks and a channel; without them each has a line of its own on the shared outbox. */
  readonly tabsMeet: boolean
  /** One way, least and most. */
  readonly latencyMs: readonly [number, number]
  /** That a frame of a client meets with a fault of the line. */
  readonly clientFrameFaults: number
  /**
   * That an `events` frame is lost, doubled or late on a line that lives, as by a broken proxy. TCP does no
   * such thing; the numbers of the rows must show it all the same.
   */
  readonly eventFaults: number
  /** That a commit fails, or a session request gets lost. */
  readonly serviceFaults: number
  /** That the browser's storage fails. */
  readonly storageFaults: number
  /** Of a write, before and after it stands on disk, at most. */
  readonly commitMs: number
  /** Of a look into the log, at most: a database beyond a network takes its time. */
  readonly readMs: number
  readonly storageMs: number
  readonly tokenSeconds: number
  /** Rates that are reached in a burst, so that the gateway says `append.busy`. */
  readonly isTight: boolean
  /** The bot marks a job as sent before it acts, as connectors do whose outside would repeat it. */
  readonly marksSent: boolean
  /** The operator may put an old copy of the log back. */
  readonly mayRestore: boolean
  /** The bot may close a conversation; the visitor then gets another one. */
  readonly mayClose: boolean
}

export function profileFrom(seed: number): Profile {
  const chance = createChance(seed)
  const isRough = chance.is(0.7)
  const owners = devices(chance)
  const profile = {
    devices: owners,
    latencyMs: chance.pick([
      [0, 2],
      [1, 20],
      [5, 200],
      [20, 60]
    ] as const),
    clientFrameFaults: isRough ? chance.pick([0.01, 0.03, 0.1]) : 0,
    eventFaults: chance.is(0.25) ? 0.05 : 0,
    serviceFaults: chance.is(0.3) ? 0.05 : 0,
    storageFaults: chance.is(0.15) ? 0.05 : 0,
    commitMs: chance.pick([0, 2, 5, 60]),
    readMs: chance.pick([0, 0, 0, 10]),
    storageMs: chance.pick([0, 0, 3]),
    tokenSeconds: chance.pick([900, 900, 90]),
    isTight: chance.is(0.15),
    marksSent: chance.is(0.25),
    mayRestore: chance.is(0.2),
    mayClose: chance.is(0.15)
  }
  // Drawn last, so that the other worlds stay what they were.
  const isTabbed = owners.length > 1 && chance.is(0.35)
  const browsers = owners.map((visitor, index) => (isTabbed && (index < 2 || index < owners.length - 1) ? visitor : owners.length + index))
  const tabs = { browsers, tabsMeet: chance.is(0.7) }
  if (isTabbed) return { ...profile, ...tabs, storageFaults: 0, mayClose: false, mayRestore: false }
  // A storage that fails just when it is to note that the conversation is another one is beyond what is promised.
  return { ...profile, ...tabs, mayClose: profile.mayClose && profile.storageFaults === 0 }
}

function devices(chance: Chance): readonly number[] {
  const count = chance.between(1, 4)
  const visitors = count > 1 && chance.is(0.4) ? 2 : 1
  return Array.from({ length: count }, (_, index) => index % visitors)
}

/** Faults happen until the end is near: then everything heals, and the world must find together. */
export type Weather = { isFair: boolean }
