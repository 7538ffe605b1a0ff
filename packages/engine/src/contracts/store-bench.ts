import { expect, test } from 'vitest'
import type { Store } from '../store.js'
import { openFirst } from './store-samples.js'

/** A store to be held to the contract. */
export type OpenedStore = {
  readonly store: Store
  /** Closes the store and opens it again on what it had kept; absent where nothing is kept. */
  readonly reopen?: () => Promise<Store>
  dispose(): Promise<void>
}
export type OpenStore = () => Promise<OpenedStore>

/** One sentence of the contract, on a fresh store that holds conversation 1, empty. */
export function holds(open: OpenStore, sentence: string, check: (store: Store) => Promise<void>): void {
  test(sentence, () => withStore(open, ({ store }) => check(store)))
}

/** A sentence about stores that keep what they hold. */
export function holdsAfterReopen(open: OpenStore, sentence: string, check: (store: Store, reopen: () => Promise<Store>) => Promise<void>): void {
  test(sentence, () =>
    withStore(open, async ({ store, reopen }) => {
      if (!reopen) throw new Error('A store that keeps what it holds is opened with "reopen"; one that does not is held with { keeps: false }.')
      await check(store, reopen)
    })
  )
}

async function withStore(open: OpenStore, check: (opened: OpenedStore) => Promise<void>): Promise<void> {
  const opened = await open()
  try {
    await openFirst(opened.store)
    await check(opened)
  } finally {
    await opened.dispose()
  }
  expect.hasAssertions()
}
