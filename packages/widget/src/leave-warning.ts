import type { Client } from '@parley/sdk'

/**
 * Asks before the page is left while something waits that no storage keeps. Only then does it listen: a page that always
 * asks is kept out of the browser's back-forward cache.
 * @returns stops asking
 */
export function warnOnLeaving(client: Client): () => void {
  const { $timeline, $isSaved } = client.conversation
  const ask = (event: Event): void => event.preventDefault()
  const follow = (): void => {
    const wouldBeLost = !$isSaved.get() && $timeline.get().some((item) => 'status' in item && item.status === 'sending')
    if (wouldBeLost) window.addEventListener('beforeunload', ask)
    else window.removeEventListener('beforeunload', ask)
  }
  const stops = [$timeline.listen(follow), $isSaved.listen(follow)]
  return () => {
    for (const stop of stops) stop()
    window.removeEventListener('beforeunload', ask)
  }
}
