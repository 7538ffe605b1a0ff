/**
 * `wake`: the page is looked at again, perhaps after a long sleep. `freeze`: it may stop running any moment, and perhaps
 * for good.
 */
export type EnvironmentSignal = 'networkLost' | 'networkBack' | 'wake' | 'freeze'

/** What the surroundings tell about the network and about sleep. */
export interface Environment {
  /** @returns a function that stops listening */
  listen(onSignal: (signal: EnvironmentSignal) => void): () => void
  /** Is somebody looking at the page? */
  isVisible(): boolean
}

/** Node tells nothing. */
const silence: Environment = { listen: () => () => {}, isVisible: () => true }

/** The page's own signals. */
function pageEnvironment(page: Window): Environment {
  return {
    isVisible: () => page.document.visibilityState === 'visible',
    listen(onSignal) {
      const stop = new AbortController()
      const on = (target: EventTarget, type: string, signal: EnvironmentSignal) =>
        target.addEventListener(type, () => onSignal(signal), { signal: stop.signal })
      on(page, 'offline', 'networkLost')
      on(page, 'online', 'networkBack')
      on(page, 'pageshow', 'wake')
      on(page, 'pagehide', 'freeze')
      on(page.document, 'resume', 'wake')
      on(page.document, 'freeze', 'freeze')
      page.document.addEventListener(
        'visibilitychange',
        () => {
          if (page.document.visibilityState === 'visible') onSignal('wake')
        },
        { signal: stop.signal }
      )
      return () => stop.abort()
    }
  }
}

/** Asked for when a client is made, not on import: importing touches nothing. */
export const systemEnvironment = (): Environment => (typeof window === 'undefined' || typeof document === 'undefined' ? silence : pageEnvironment(window))
