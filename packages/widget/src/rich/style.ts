import { cardsStyle } from './styles/cards.js'
import { entryStyle } from './styles/entry.js'
import { tableStyle } from './styles/table.js'
import { proseStyle } from './styles/prose.js'

/** Results, cards, tables, pictures, marked-up text: a sheet of its own, added with the first of them. */
export const richStyle = entryStyle + proseStyle + tableStyle + cardsStyle
