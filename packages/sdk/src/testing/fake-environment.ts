import type { Environment, EnvironmentSignal } from '../environment.js'

/** Surroundings that say what a test makes them say. */
export interface FakeEnvironment extends Environment {
  tell(signal: EnvironmentSignal): void
  /** `wake` comes by itself when it becomes visible. */
  show(isVisible: boolean): void
}

export function createFakeEnvironment(): FakeEnvironment {
  const listeners = new Set<(signal: EnvironmentSignal) => void>()
  let isVisible = true
  function tell(signal: EnvironmentSignal): void {
    for (const listener of [...listeners]) listener(signal)
  }
  return {
    isVisible: () => isVisible,
    show(isNow) {
      isVisible = isNow
      if (isNow) tell('wake')
    },
    listen(onSignal) {
      listeners.add(onSignal)
      return () => void listeners.delete(onSignal)
    },
    tell
  }
}
