import { atom, type ReadableAtom } from 'nanostores'
import { publish } from './report.js'

/** What is being written and not sent: the same in all tabs of a browser. */
export interface Draft {
  readonly $text: ReadableAtom<string>
  set(text: string): void
  /** @param isOld counts only where nothing is written yet */
  hear(text: string, isOld: boolean): void
}

export function createDraft(tell: (text: string) => void): Draft {
  const $text = atom('')
  return {
    $text,
    set(text) {
      if (text === $text.get()) return
      publish($text, text)
      tell(text)
    },
    hear(text, isOld) {
      if (!isOld || $text.get() === '') publish($text, text)
    }
  }
}
