import type { ReadableAtom } from 'nanostores'

/** Settles when it is so; that is asked now, and whenever one of these has changed. */
export function until(isSo: () => boolean, atoms: readonly ReadableAtom<unknown>[]): Promise<void> {
  return new Promise((resolve) => {
    if (isSo()) return resolve()
    const look = (): void => {
      if (!isSo()) return
      for (const stop of stops) stop()
      resolve()
    }
    const stops = atoms.map((one) => one.listen(look))
  })
}
