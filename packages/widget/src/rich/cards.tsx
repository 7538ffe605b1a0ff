import type { CardsPart } from '@parley/protocol'
import type { PartOwner } from '../views/rich-views.js'
import { Text } from '../views/text.js'
import { answerLabel } from './card-answer.js'
import { Actions, Card } from './card.js'
import { Carousel } from './carousel.js'
import { words } from './words.js'

/** Several things of one kind, with what can be done about each and about them all. */
export function Cards({ part, item }: { readonly part: CardsPart; readonly item: PartOwner }) {
  const { cards, text, actions } = part
  const rows = cards.map((card) => (
    <li>
      <Card card={card} item={item} says={(label) => answerLabel(part, label, card)} />
    </li>
  ))
  const label = text || words.cards
  return (
    <>
      {text ? <Text text={text} /> : null}
      {part.layout === 'list' ? (
        <ul class="things" aria-label={label}>
          {rows}
        </ul>
      ) : (
        <Carousel label={label} isReachable={cards.some((card) => card.actions?.length)}>
          {rows}
        </Carousel>
      )}
      {actions?.length ? <Actions actions={actions} item={item} says={(label) => answerLabel(part, label, null)} /> : null}
    </>
  )
}
