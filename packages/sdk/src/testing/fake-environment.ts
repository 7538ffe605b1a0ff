import type { Environment, EnvironmentSignal } from '../environment.js'

/** Surroundings that say what a test makes them say. */
export interface FakeEnvironment extends Environment {
  tell(signal: EnvironmentSignal): void
}

export function createFakeEnvironment(): FakeEnvironment {
  const listeners = new Set<(signal: EnvironmentSignal) => void>()
  return {
    listen(onSignal) {
      listeners.add(onSignal)
      return () => void listeners.delete(onSignal)
    },
    tell(signal) {
      for (const listener of listeners) listener(signal)
    }
  }
}
