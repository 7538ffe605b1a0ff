import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ConnectionStatus } from '@parley/sdk'
import { phaseOf, type Phase } from './model.js'
import { useUi } from './ui.js'

/** A trouble that is over sooner is not worth a word: a line that is renewed is down for a moment only. */
const NOTICED_AFTER_MS = 1_000

export type Line = {
  readonly phase: Phase
  readonly status: ConnectionStatus
  /** Shows how it is now, without waiting: somebody asked. */
  readonly update: () => void
}

/** How the line is, calmly: up and closed show at once, anything else when it has lasted. */
export function useLine(): Line {
  const { client, after } = useUi()
  const { $connection } = client
  const [status, show] = useState($connection.get())
  const wasUp = useRef(false)
  const update = () => show($connection.get())
  useLayoutEffect(() => {
    let stopWaiting: (() => void) | null = null
    const noticed = () => {
      stopWaiting?.()
      stopWaiting = null
      update()
    }
    const follow = () => {
      const { state } = $connection.get()
      wasUp.current ||= state === 'online'
      if (state === 'online' || state === 'closed') noticed()
      else stopWaiting ??= after(NOTICED_AFTER_MS, noticed)
    }
    follow()
    const stopFollowing = $connection.listen(follow)
    return () => {
      stopFollowing()
      stopWaiting?.()
    }
  }, [$connection])
  return { phase: phaseOf(status, wasUp.current), status, update }
}
