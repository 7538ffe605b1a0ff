/** Whether the connector's outside can be reached, and who waits for it. */
export interface Reach {
  set(isReachable: boolean): void
  /** Settles when it can be reached: at once, or as soon as it is. */
  whenReachable(): Promise<void>
}

/** @param onLost it cannot be reached from now on */
export function createReach(onLost: () => void): Reach {
  let waiting: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null

  function lose(): void {
    let resolve = (): void => {}
    const promise = new Promise<void>((settle) => {
      resolve = settle
    })
    waiting = { promise, resolve }
    onLost()
  }

  return {
    set(isReachable) {
      if (!isReachable && !waiting) lose()
      if (!isReachable) return
      waiting?.resolve()
      waiting = null
    },
    whenReachable: () => waiting?.promise ?? Promise.resolve()
  }
}
