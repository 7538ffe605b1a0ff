import { idFromBytes } from '@parley/protocol'
import type { Random } from '../random.js'

/** What of `localStorage` is needed. */
export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * The key by which the gateway finds a visitor's conversation again. All tabs of a browser go by the one that is stored:
 * they share an outbox, and must be one visitor. Nothing is stored before the first use.
 */
export interface KeyRing {
  /** The key there is, else a new one, which is stored at once. */
  key(): string
  /** The key there is. */
  kept(): string | null
  /**
   * Says that a conversation is open, as of the first send: by that flag the loader connects by itself. Of somebody who
   * is known by name no key is stored.
   */
  hold(isNamed: boolean): void
  /** The conversation ended. What was not stored stays so. */
  ended(): void
  /** Takes it out of the storage and out of memory. */
  forget(): void
}

const KEY = /^[A-Za-z0-9_-]{43}$/

/** The browser's storage, `null` where there is none or the page may not use it. */
export function pageStorage(): KeyValueStorage | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage
  } catch {
    // Blocked by the visitor's settings: the key stays in memory, as `KeyRing` promises.
    return null
  }
}

/**
 * A key ring for one gateway and inbox, under `parley:<url>:<inbox>` as `{"key":"…","open":true}`.
 * A storage that is blocked or full leaves the key in memory.
 */
export function createKeyRing(name: string, random: Random, storage: () => KeyValueStorage | null = pageStorage): KeyRing {
  let key: string | null = null
  let isHeld = false
  let isNamedHeld = false
  const attempt = <Value>(run: (storage: KeyValueStorage) => Value): Value | null => {
    try {
      const found = storage()
      return found ? run(found) : null
    } catch {
      // Blocked or full: memory does.
      return null
    }
  }

  const stored = (): string | null => attempt((found) => readKey(found.getItem(name)))

  function find(): string {
    const mine = key ?? idFromBytes(random.bytes(32))
    if (stored() === null) store({ key: mine, open: false })
    // Another tab may have written at the same moment: what stands there counts.
    key = stored() ?? mine
    isHeld = true
    return key
  }

  function store(value: { readonly key?: string; readonly open: boolean }): void {
    isHeld = true
    attempt((found) => found.setItem(name, JSON.stringify(value)))
  }

  const write = (open: boolean): void => store(isNamedHeld ? { open } : { key: find(), open })

  return {
    key: find,
    kept: () => stored() ?? key,
    hold(isNamed) {
      isNamedHeld = isNamed
      write(true)
    },
    ended() {
      if (isHeld) write(false)
    },
    forget() {
      key = null
      isHeld = false
      attempt((found) => found.removeItem(name))
    }
  }
}

function readKey(stored: string | null): string | null {
  const value: unknown = JSON.parse(stored ?? 'null')
  const key = typeof value === 'object' && value !== null && 'key' in value ? value.key : null
  return typeof key === 'string' && KEY.test(key) ? key : null
}
