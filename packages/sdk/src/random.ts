import { idFromBytes } from '@parley/protocol'

/** Chance from outside. */
export interface Random {
  /** From 0 up to, not including, 1. For waits; need not be unguessable. */
  fraction(): number
  /** Unguessable bytes, for ids and keys. */
  bytes(count: number): Uint8Array
}

/** `getRandomValues` is there on plain `http://` pages too, `randomUUID` is not. */
export const systemRandom: Random = {
  fraction: () => Math.random(),
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count))
}

/** 128 random bits as 22 characters. */
export const mintId = <Id extends string>(random: Random): Id => idFromBytes(random.bytes(16)) as Id
