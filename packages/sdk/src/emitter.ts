export interface Emitter<Events> {
  /** @returns a function that stops listening */
  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void
  /** @returns did anybody listen? */
  emit<Type extends keyof Events>(type: Type, event: Events[Type]): boolean
}

/**
 * Listeners by type, in the order they came.
 * @param report gets what a listener threw; the others still run
 */
export function createEmitter<Events>(report: (reason: unknown) => void): Emitter<Events> {
  type Listeners = { [Type in keyof Events]?: readonly { readonly run: (event: Events[Type]) => void }[] }
  const listeners: Listeners = {}
  return {
    on(type, run) {
      const listener = { run }
      listeners[type] = [...(listeners[type] ?? []), listener]
      return () => {
        listeners[type] = (listeners[type] ?? []).filter((one) => one !== listener)
      }
    },
    emit(type, event) {
      const called = listeners[type] ?? []
      for (const { run } of called) {
        try {
          run(event)
        } catch (reason) {
          report(reason)
        }
      }
      return called.length > 0
    }
  }
}
