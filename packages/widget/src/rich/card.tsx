import { useState } from 'preact/hooks'
import { safeSource, type Card as CardOf, type CardAction, type CardTone } from '@parley/protocol'
import { Icon, ICONS } from '../views/icons.js'
import type { PartOwner } from '../views/rich-views.js'
import { Text } from '../views/text.js'
import { Action } from './card-action.js'
import { RICH_ICONS } from './icons.js'

/** One thing to look at and act on: read out as a group by its title, so that "Start" is always the start of something. */
export function Card({ card, item, says }: { readonly card: CardOf; readonly item: PartOwner; readonly says: (label: string) => string }) {
  const { title, text, status, image, alt, actions } = card
  return (
    <div class="thing" part="card" role="group" aria-label={title}>
      {image ? <Image url={image} alt={alt ?? ''} /> : null}
      <div class="thing-body">
        <p class="thing-head">
          <span class="thing-title">{title}</span> {status ? <Badge {...status} /> : null}
        </p>
        {text ? <Text text={text} /> : null}
        {actions ? <Actions actions={actions} item={item} says={says} /> : null}
      </div>
    </div>
  )
}

type ActionsProps = { readonly actions: readonly CardAction[]; readonly item: PartOwner; readonly says: (label: string) => string }

export const Actions = ({ actions, item, says }: ActionsProps) => (
  <div class="acts">
    {actions.map((action) => (
      <Action action={action} item={item} says={says(action.label)} />
    ))}
  </div>
)

const TONE_ICON: Record<CardTone, string | null> = { good: RICH_ICONS.check, busy: ICONS.clock, bad: RICH_ICONS.alert, neutral: null }

/** The word says it; shape and colour only help. */
function Badge({ text, tone }: { readonly text: string; readonly tone: CardTone }) {
  const icon = TONE_ICON[tone]
  return (
    <span class="badge" data-tone={tone}>
      {icon ? <Icon path={icon} /> : null}
      {text}
    </span>
  )
}

/** Fetched when near; one that does not come leaves its description, or nothing. */
function Image({ url, alt }: { readonly url: string; readonly alt: string }) {
  const [isBroken, setBroken] = useState(false)
  const src = isBroken ? null : safeSource(url)
  if (src) return <img class="thing-image" src={src} alt={alt} loading="lazy" decoding="async" referrerpolicy="no-referrer" onError={() => setBroken(true)} />
  return alt ? <p class="thing-image faint">{alt}</p> : null
}
