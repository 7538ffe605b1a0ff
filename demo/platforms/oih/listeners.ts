/** Who wants to hear of something. One that throws is reported, the others still hear. */
export interface Listeners<Fact> {
  tell(fact: Fact): void
  /** @returns unwatch */
  watch(listener: (fact: Fact) => void): () => void
}

export function createListeners<Fact>(): Listeners<Fact> {
  const listeners = new Set<(fact: Fact) => void>()
  return {
    tell(fact) {
      for (const listener of [...listeners]) {
        try {
          listener(fact)
        } catch (reason) {
          console.error(`demo hub: a listener failed: ${reason instanceof Error ? reason.message : String(reason)}`)
        }
      }
    },
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}
