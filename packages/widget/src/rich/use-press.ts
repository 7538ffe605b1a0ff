import { useEffect, useRef, useState } from 'preact/hooks'
import { useUi } from '../ui.js'

/** How long a press that was taken shows it: the second click of a double-click falls into this time. */
const TAKEN_FOR_MS = 1_500

export type Press = 'ready' | 'busy' | 'taken'

/** What one press starts, once at a time: busy until it is taken, then marked so for a moment. A failure is told and leaves it ready. */
export function usePress(act: () => Promise<unknown>): { readonly press: Press; readonly start: () => void } {
  const { after, report, $problem } = useUi()
  const [press, setPress] = useState<Press>('ready')
  /** Two clicks may come before the first one is drawn. */
  const isFree = useRef(true)
  const cancel = useRef<() => void>(() => undefined)
  useEffect(() => () => cancel.current(), [])

  function free(): void {
    isFree.current = true
    setPress('ready')
  }
  function taken(): void {
    setPress('taken')
    cancel.current = after(TAKEN_FOR_MS, free)
  }
  function start(): void {
    if (!isFree.current) return
    isFree.current = false
    $problem.set(null)
    setPress('busy')
    act().then(taken, (error: unknown) => {
      free()
      report(error)
    })
  }
  return { press, start }
}
