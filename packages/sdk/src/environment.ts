/** `wake`: the page is looked at again, perhaps after a long sleep. */
export type EnvironmentSignal = 'networkLost' | 'networkBack' | 'wake'

/** What the surroundings tell about the network and about sleep. */
export interface Environment {
  /** @returns a function that stops listening */
  listen(onSignal: (signal: EnvironmentSignal) => void): () => void
}

/** Node tells nothing. */
const silence: Environment = { listen: () => () => {} }

/** The page's own signals. */
function pageEnvironment(page: Window): Environment {
  return {
    listen(onSignal) {
      const stop = new AbortController()
      const on = (target: EventTarget, type: string, run: () => void) => target.addEventListener(type, run, { signal: stop.signal })
      on(page, 'offline', () => onSignal('networkLost'))
      on(page, 'online', () => onSignal('networkBack'))
      on(page, 'pageshow', () => onSignal('wake'))
      on(page.document, 'visibilitychange', () => {
        if (page.document.visibilityState === 'visible') onSignal('wake')
      })
      return () => stop.abort()
    }
  }
}

/** Asked for when a client is made, not on import: importing touches nothing. */
export const systemEnvironment = (): Environment => (typeof window === 'undefined' || typeof document === 'undefined' ? silence : pageEnvironment(window))
