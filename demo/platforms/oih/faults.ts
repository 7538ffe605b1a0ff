/** What a test may make go wrong. */
export interface Faults {
  /** The next hook answers like this; several queue up. */
  nextHook(fault: HookFault): void
  takeHookFault(): HookFault | null
  /** Steps wait from now on, until `releaseSteps`. */
  holdSteps(): void
  releaseSteps(): void
  /** Settles when steps may go on. */
  stepsMayGo(): Promise<void>
  /** From now on each callback is posted so many times. */
  callbackTimes: number
  /** The next report ends in this error instead of a table. */
  reportError: string | null
}

/**
 * `status`: answers so, nothing runs. `html`: a page of something that stands before the platform.
 * `hang`: runs nothing and never answers. `reset`: cuts the connection, `afterTaking` once the flow runs.
 */
export type HookFault =
  | { readonly kind: 'status'; readonly status: number; readonly error: string }
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset'; readonly afterTaking: boolean }

export function createFaults(): Faults {
  const hooks: HookFault[] = []
  let gate: { readonly promise: Promise<void>; readonly open: () => void } | null = null

  return {
    nextHook: (fault) => void hooks.push(fault),
    takeHookFault: () => hooks.shift() ?? null,
    holdSteps() {
      if (gate) return
      let open = (): void => {}
      const promise = new Promise<void>((resolve) => (open = resolve))
      gate = { promise, open }
    },
    releaseSteps() {
      gate?.open()
      gate = null
    },
    stepsMayGo: () => gate?.promise ?? Promise.resolve(),
    callbackTimes: 1,
    reportError: null
  }
}
