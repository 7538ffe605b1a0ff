import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import type { OutboxStorages } from './contract.js'
import { indexedDbStorages } from './indexed-db.js'

type Options = { readonly name: string; readonly clock: Clock; readonly random: Random }

/** The page's own database; `null` where there is none, or the page may not use it. */
export function systemStorages(options: Options): OutboxStorages | null {
  try {
    return typeof indexedDB === 'undefined' ? null : indexedDbStorages(options)
  } catch {
    // Blocked by the visitor's settings: memory does, and the chat says so.
    return null
  }
}
