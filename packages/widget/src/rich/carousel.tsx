import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ComponentChildren, TargetedEvent, TargetedKeyboardEvent } from 'preact'
import { Icon } from '../views/icons.js'
import { RICH_ICONS } from './icons.js'
import { words } from './words.js'

/** How much of what is seen a press scrolls by: what was cut off at one side stands first, or last, afterwards. */
const STEP = 0.8

type CarouselProps = {
  readonly label: string
  /** Can the keyboard reach into it? If not, the whole takes the focus, so that arrow keys scroll it. */
  readonly isReachable: boolean
  readonly children: readonly ComponentChildren[]
}

/** Cards side by side: scrolled by finger, wheel, keyboard or the two buttons, which show only where there is more than fits. */
export function Carousel({ label, isReachable, children }: CarouselProps) {
  const track = useRef<HTMLUListElement>(null)
  const [ends, setEnds] = useState({ hasBefore: false, hasAfter: false, isMirrored: false })
  const measure = () => {
    const found = track.current && endsOf(track.current)
    if (found) setEnds((known) => (isSame(known, found) ? known : found))
  }
  useLayoutEffect(() => {
    measure()
    if (!track.current || typeof ResizeObserver === 'undefined') return undefined
    const observer = new ResizeObserver(measure)
    observer.observe(track.current)
    return () => observer.disconnect()
  }, [children.length])
  const { hasBefore, hasAfter, isMirrored } = ends
  const scroll = (sign: Sign) => track.current?.scrollBy({ left: sign * (isMirrored ? -1 : 1) * STEP * track.current.clientWidth })
  const [back, forth] = isMirrored ? [RICH_ICONS.right, RICH_ICONS.left] : [RICH_ICONS.left, RICH_ICONS.right]
  return (
    <div class="carousel" role="group" aria-label={label}>
      <ul
        class="track"
        ref={track}
        onScroll={measure}
        onFocusIn={bringForward}
        onKeyDown={(event) => onArrow(event, isMirrored, scroll)}
        tabIndex={isReachable ? undefined : 0}
      >
        {children}
      </ul>
      {hasBefore || hasAfter ? (
        <div class="steps">
          <Step label={words.previous} path={back} isOn={hasBefore} step={() => scroll(-1)} />
          <Step label={words.next} path={forth} isOn={hasAfter} step={() => scroll(1)} />
        </div>
      ) : null}
    </div>
  )
}

type Sign = 1 | -1
const ARROWS: Readonly<Record<string, Sign>> = { ArrowLeft: -1, ArrowRight: 1 }
const ACTIONS = 'a[href], button'

/**
 * An arrow leads on to the next card that has something to press, so that the focus is never scrolled out of sight; where
 * there is none, or the track itself has the focus, the track is scrolled.
 */
function onArrow(event: TargetedKeyboardEvent<HTMLUListElement>, isMirrored: boolean, scroll: (sign: Sign) => void): void {
  const arrow = ARROWS[event.key]
  if (!arrow || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const sign: Sign = (arrow === 1) === isMirrored ? -1 : 1
  const cards = [...event.currentTarget.children]
  const at = cards.findIndex((card) => card.contains(event.target as Node))
  const further = at < 0 ? [] : sign > 0 ? cards.slice(at + 1) : cards.slice(0, at).reverse()
  const goal = further.map((card) => card.querySelector<HTMLElement>(ACTIONS)).find((action) => action !== null)
  event.preventDefault()
  if (goal) goal.focus()
  else scroll(sign)
}

/**
 * A browser scrolls only as far as the focus needs, and the stops of the track would pull it back from there: the whole
 * card comes to the front. Not for a pointer, which would then let go beside what it pressed.
 */
function bringForward({ currentTarget: track, target }: TargetedEvent<HTMLUListElement>): void {
  const card = target instanceof Element && target.matches(':focus-visible') ? target.closest('li') : null
  if (!card) return
  const [seen, place] = [track.getBoundingClientRect(), card.getBoundingClientRect()]
  if (place.left < seen.left || place.right > seen.right) card.scrollIntoView({ block: 'nearest', inline: 'start' })
}

/** At its end it only says so: a button that vanished under the finger or the focus would be a riddle. */
const Step = ({ label, path, isOn, step }: { readonly label: string; readonly path: string; readonly isOn: boolean; readonly step: () => void }) => (
  <button type="button" class="icon-button" part="button" aria-label={label} aria-disabled={!isOn} onClick={isOn ? step : undefined}>
    <Icon path={path} />
  </button>
)

/** Where writing goes from right to left, places count down from 0. Whole pixels are not to be had on every screen. */
function endsOf(track: HTMLElement) {
  const place = Math.abs(track.scrollLeft)
  return {
    hasBefore: place > 1,
    hasAfter: place + track.clientWidth < track.scrollWidth - 1,
    isMirrored: getComputedStyle(track).direction === 'rtl'
  }
}

type Ends = ReturnType<typeof endsOf>
const isSame = (one: Ends, other: Ends): boolean => one.hasBefore === other.hasBefore && one.hasAfter === other.hasAfter && one.isMirrored === other.isMirrored
