import { useLayoutEffect, useRef } from 'preact/hooks'
import { useUi } from '../ui.js'
import { Spinner } from './run-line.js'
import { usePress } from './use-press.js'
import { words } from './words.js'

/** Stands in the composer's place when the conversation is over. The focus goes on to the field that takes this place. */
export function Ended() {
  const { client, mode } = useUi()
  const { press, start } = usePress(() => client.conversation.begin())
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const mine = button.current
    const root = mine?.getRootNode()
    if (!(root instanceof ShadowRoot)) return undefined
    // The field that had it is gone, and in a dialog the keyboard must not be lost.
    if (mode === 'launcher' && document.activeElement === document.body) mine?.focus({ preventScroll: true })
    return () => {
      if (root.activeElement === mine) queueMicrotask(() => root.querySelector('textarea')?.focus())
    }
  }, [])
  return (
    <div class="ended">
      <p>{words.ended}</p>
      <button
        type="button"
        class="primary"
        part="button"
        ref={button}
        aria-disabled={press !== 'ready'}
        aria-busy={press === 'busy' || undefined}
        onClick={start}
      >
        {press === 'busy' ? <Spinner /> : null}
        {words.startAgain}
      </button>
    </div>
  )
}
