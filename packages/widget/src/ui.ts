import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Client } from '@parley/sdk'
import type { WritableAtom } from 'nanostores'
import type { Formats } from './formats.js'
import type { Mode } from './options.js'
import type { Strings } from './strings.js'

/** What every view may reach: the client, the words, and what the element does for them. */
export interface Ui {
  readonly client: Client
  readonly mode: Mode
  readonly strings: Strings
  readonly formats: Formats
  /** What just went wrong, in words; shown under the composer until the next try. */
  readonly $problem: WritableAtom<string | null>
  now(): Date
  /** @returns cancels it */
  after(delayMs: number, action: () => void): () => void
  /** Adds rules to the shadow root; the same ones only once. */
  addStyle(css: string): void
  close(): void
  /** Shows a failure to the visitor and tells the page. */
  report(error: unknown): void
}

export const UiContext = createContext<Ui | null>(null)

export function useUi(): Ui {
  const ui = useContext(UiContext)
  if (!ui) throw new Error('a view was drawn outside of UiContext')
  return ui
}
