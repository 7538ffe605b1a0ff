/** What tabs of one browser have in common, as far as the browser offers it. Only these parts of it are used. */

export type TabLocks = Pick<LockManager, 'request'>
export type TabChannel = Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>
export type TabPlatform = {
  /** `null` on plain `http://` pages and in private windows of some browsers: then every tab is on its own. */
  readonly locks: TabLocks | null
  readonly openChannel: ((name: string) => TabChannel) | null
}

export const NO_TABS: TabPlatform = { locks: null, openChannel: null }

/** The page's own. Outside a page there are no tabs. */
export function systemTabs(): TabPlatform {
  if (typeof document === 'undefined') return NO_TABS
  return {
    locks: typeof navigator.locks === 'undefined' ? null : navigator.locks,
    openChannel: typeof BroadcastChannel === 'undefined' ? null : (name) => new BroadcastChannel(name)
  }
}
