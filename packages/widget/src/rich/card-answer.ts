import type { Card, CardAction, CardsPart } from '@parley/protocol'

/** What the visitor is shown to have answered: the button's words, and whose button it was where several read the same. */
export function answerLabel(part: CardsPart, label: string, card: Card | null): string {
  const all: readonly CardAction[] = [...part.cards.flatMap(({ actions = [] }) => actions), ...(part.actions ?? [])]
  return card && all.filter((one) => one.label === label).length > 1 ? `${label}: ${card.title}` : label
}
