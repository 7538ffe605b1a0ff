import { useLayoutEffect, useState } from 'preact/hooks'
import type { RefObject } from 'preact'
import type { TimelineItem } from '@parley/sdk'
import type { Row } from './model.js'

/** Entries drawn at first, and more with each "Load earlier": a long conversation opens as fast as a short one. */
export const DRAWN = 60
/** So near to the end counts as at the end, in CSS pixels. */
const NEAR = 40

/** Where the reader is, kept between drawings. */
export type Place = {
  isAtEnd: boolean
  first: string
  last: string
  height: number
  drawn: number
  count: number
  /**
   * How high the window was when the last one, of others, came: while it is, what turns out higher is read from its
   * beginning. A keyboard that opens later moves nobody. 0: not any more.
   */
  readFrom: number
}
export const startPlace = (): Place => ({ isAtEnd: true, first: '', last: '', height: 0, drawn: DRAWN, count: 0, readFrom: 0 })

/**
 * How many of the newest items to draw. For a reader who has scrolled up, what comes below must not
 * push out what stands above; at the end, a list that has grown long is cut again.
 */
export function drawnAfter(place: Place, items: readonly TimelineItem[]): number {
  if (place.isAtEnd) return items.length > place.count && place.drawn > 4 * DRAWN ? DRAWN : place.drawn
  const isLonger = items.at(-1)?.key !== place.last && items.length > place.count
  return isLonger ? place.drawn + items.length - place.count : place.drawn
}

/**
 * Keeps the end in sight, or the place of a reader who scrolled up: rows that come above move the
 * scroll by their height, rows that come below only raise the button.
 */
export function useStickyEnd(log: RefObject<HTMLElement | null>, place: Place, rows: readonly Row[]) {
  const [hasNew, setHasNew] = useState(false)
  const toEnd = () => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight
    place.isAtEnd = true
    setHasNew(false)
  }
  /** Content that is fetched makes a row grow after it has come, so this is asked at each change of the height. */
  const keepEnd = () => {
    const element = log.current
    const row = element?.querySelector<HTMLElement>('.rows > :last-child')
    toEnd()
    if (!element || !row || element.clientHeight !== place.readFrom || row.offsetHeight <= place.readFrom) return
    // Not `scrollIntoView`, which would move the host's page, too.
    element.scrollTop += row.getBoundingClientRect().top - element.getBoundingClientRect().top
    place.readFrom = 0
    place.isAtEnd = false
  }
  useLayoutEffect(() => {
    const element = log.current
    if (!element) return
    const first = rows[0]?.item.key ?? ''
    const lastItem = rows.at(-1)?.item
    const isNewLast = lastItem !== undefined && lastItem.key !== place.last
    if (isNewLast) place.readFrom = place.last === '' || lastItem.isMine ? 0 : element.clientHeight
    if (place.isAtEnd || (isNewLast && lastItem.isMine)) keepEnd()
    else if (place.first !== first && !isNewLast) element.scrollTop += element.scrollHeight - place.height
    else if (isNewLast) setHasNew(true)
    Object.assign(place, { first, last: lastItem?.key ?? '', height: element.scrollHeight })
  }, [rows])
  useLayoutEffect(() => observeHeight(log.current, () => place.isAtEnd && keepEnd()), [])
  const onScroll = () => {
    const element = log.current
    if (!element || element.clientHeight === 0) return
    place.isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR
    if (place.isAtEnd) setHasNew(false)
  }
  return { hasNew, toEnd, onScroll }
}

/** Pictures that arrive and keyboards that open change the height without a new row. */
function observeHeight(element: HTMLElement | null, onChange: () => void): (() => void) | undefined {
  if (!element || typeof ResizeObserver === 'undefined') return undefined
  const observer = new ResizeObserver(onChange)
  observer.observe(element)
  if (element.firstElementChild) observer.observe(element.firstElementChild)
  return () => observer.disconnect()
}
