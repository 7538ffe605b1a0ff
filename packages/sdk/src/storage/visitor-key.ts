import { idFromBytes } from '@parley/protocol'
import type { Random } from '../random.js'

/** What of `localStorage` is needed. */
export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The key by which the gateway finds a visitor's conversation again. Nothing is stored before `hold`. */
export interface KeyRing {
  /** The key there is, else a new one, in memory only. */
  key(): string
  /** The key there is. */
  kept(): string | null
  /**
   * Says that a conversation is open, as of the first send: by that flag the loader connects by itself. Keeps the key
   * beyond this page, but for somebody who is known by name.
   */
  hold(isNamed: boolean): void
  /** The conversation ended; a key that is not kept stays so. */
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
  const attempt = <Value>(run: (storage: KeyValueStorage) => Value): Value | null => {
    try {
      const found = storage()
      return found ? run(found) : null
    } catch {
      // Blocked or full: memory does.
      return null
    }
  }

  function find(): string {
    const kept = attempt((found) => readKey(found.getItem(name)))
    isHeld = kept !== null
    return kept ?? idFromBytes(random.bytes(32))
  }

  function write(open: boolean, isNamed: boolean): void {
    if (!isNamed) key ??= find()
    isHeld = true
    const value = JSON.stringify(isNamed ? { open } : { key, open })
    attempt((found) => found.setItem(name, value))
  }
  let isNamedHeld = false

  return {
    key: () => (key ??= find()),
    kept: () => key ?? attempt((found) => readKey(found.getItem(name))),
    hold(isNamed) {
      isNamedHeld = isNamed
      write(true, isNamed)
    },
    ended() {
      if (isHeld) write(false, isNamedHeld)
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
