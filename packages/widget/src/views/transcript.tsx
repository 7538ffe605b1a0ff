import { useMemo, useRef, useState } from 'preact/hooks'
import { arrange } from '../model.js'
import { useAtom } from '../use-atom.js'
import { DRAWN, drawnAfter, startPlace, useStickyEnd } from '../use-sticky-end.js'
import { useUi } from '../ui.js'
import { Icon, ICONS } from './icons.js'
import { Item } from './item.js'
import { Rich } from './rich.js'

/** The record of the conversation. It stays at the end unless the reader has scrolled up. */
export function Transcript() {
  const { client, strings } = useUi()
  const chat = client.conversation
  const items = useAtom(chat.$timeline)
  const participants = useAtom(chat.$participants)
  const typing = useAtom(chat.$typing)
  const hasEarlier = useAtom(chat.$hasEarlier)
  const [, redraw] = useState(0)
  const log = useRef<HTMLDivElement>(null)
  const place = useRef(startPlace()).current
  const drawn = drawnAfter(place, items)
  Object.assign(place, { drawn, count: items.length })
  const rows = useMemo(() => arrange(items.slice(-drawn)), [items, drawn])
  const scroll = useStickyEnd(log, place, rows)
  const loadEarlier = async () => {
    place.isAtEnd = false
    place.drawn += DRAWN
    redraw(place.drawn)
    if (items.length <= drawn && hasEarlier) await chat.loadEarlier()
  }
  return (
    <div class="transcript">
      <div class="log" part="transcript" role="log" aria-label={strings.messages} aria-live="polite" tabIndex={0} ref={log} onScroll={scroll.onScroll}>
        <div class="rows">
          {hasEarlier || items.length > drawn ? <Rich meanwhile={<span />} draw={({ Earlier }) => <Earlier load={loadEarlier} />} /> : null}
          {items.length === 0 ? <Empty /> : null}
          {rows.map((row) => (
            <Item key={row.item.key} row={row} participants={participants} />
          ))}
          {typing.length > 0 ? <Rich meanwhile={<span />} draw={({ Typing }) => <Typing others={typing} />} /> : null}
        </div>
      </div>
      {scroll.hasNew ? (
        <button type="button" class="quiet new" part="button" onClick={scroll.toEnd}>
          {strings.newMessages} <Icon path={ICONS.down} />
        </button>
      ) : null}
    </div>
  )
}

function Empty() {
  const { strings } = useUi()
  return (
    <div class="empty">
      <span class="mark">
        <Icon path={ICONS.chat} />
      </span>
      <p class="heading large">{strings.empty}</p>
      <p class="faint">{strings.emptyHint}</p>
    </div>
  )
}
