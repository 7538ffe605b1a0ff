import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { TargetedKeyboardEvent } from 'preact'
import { keepFocusInside } from '../focus.js'
import { useAtom } from '../use-atom.js'
import { useUi } from '../ui.js'
import { followVisibleArea, PHONE_QUERY } from '../viewport.js'
import { useLine } from '../use-line.js'
import { Banner } from './banner.js'
import { Composer } from './composer.js'
import { Header } from './header.js'
import { Rich } from './rich.js'
import { Transcript } from './transcript.js'

/** The open chat. A dialog over the page that leaves the page usable; on a phone it covers the screen. */
export function ChatWindow() {
  const { client, mode, strings, close } = useUi()
  const frame = useRef<HTMLDivElement>(null)
  const status = useAtom(client.conversation.$status)
  const isPhone = useMatch(PHONE_QUERY)
  const line = useLine()
  const isDialog = mode === 'launcher'
  useReadMarks()
  useLayoutEffect(() => {
    if (isDialog) frame.current?.querySelector('textarea')?.focus({ preventScroll: true })
  }, [isDialog])
  useLayoutEffect(() => (frame.current && isDialog && isPhone ? followVisibleArea(frame.current, window) : undefined), [isDialog, isPhone])
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (!isDialog || event.isComposing) return
    if (event.key === 'Escape') {
      event.preventDefault()
      close()
    } else if (isPhone) keepFocusInside(event.currentTarget, event)
  }
  return (
    <div
      class={isDialog ? 'window floating' : 'window'}
      part="window"
      ref={frame}
      role={isDialog ? 'dialog' : 'region'}
      aria-label={strings.chat}
      aria-modal={isDialog && isPhone ? true : undefined}
      data-mode={mode}
      data-state={status}
      onKeyDown={onKeyDown}
    >
      <Header line={line} />
      <Banner line={line} />
      <Transcript />
      {status === 'closed' ? <Rich draw={({ Ended }) => <Ended />} /> : <Composer />}
    </div>
  )
}

/** What is drawn in an open window, on a page that is in front, counts as read. */
function useReadMarks(): void {
  const { client } = useUi()
  const chat = client.conversation
  const unread = useAtom(chat.$unread)
  useLayoutEffect(() => {
    const mark = () => {
      if (unread > 0 && document.visibilityState === 'visible') chat.markRead()
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [unread, chat])
}

function useMatch(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useLayoutEffect(() => {
    const list = matchMedia(query)
    const follow = () => setMatches(list.matches)
    list.addEventListener('change', follow)
    return () => list.removeEventListener('change', follow)
  }, [query])
  return matches
}
