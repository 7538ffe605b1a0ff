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
  /** The next event of this name is lost on its way to one service, or to all. */
  dropEvent(name: string, service?: string): void
  /** @returns whether one was to be lost; then it is used up */
  takeDrop(name: string, service: string | null): boolean
  /** The component of this flow does not come up at the next start. */
  failStart(flowId: string): void
  takeFailedStart(flowId: string): boolean
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
  const drops: { readonly name: string; readonly service: string | null }[] = []
  const failedStarts: string[] = []
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
    reportError: null,
    dropEvent: (name, service) => void drops.push({ name, service: service ?? null }),
    takeDrop: (name, service) => takeFrom(drops, (drop) => drop.name === name && drop.service === service),
    failStart: (flowId) => void failedStarts.push(flowId),
    takeFailedStart: (flowId) => takeFrom(failedStarts, (id) => id === flowId)
  }
}

function takeFrom<Item>(items: Item[], isWanted: (item: Item) => boolean): boolean {
  const index = items.findIndex(isWanted)
  if (index >= 0) items.splice(index, 1)
  return index >= 0
}
