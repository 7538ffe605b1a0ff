import type { Part } from '@parley/protocol'
import type { PartOwner } from './rich-views.js'
import { Rich } from './rich.js'
import { Text } from './text.js'

/** The pieces of one message, one below the other. */
export const Parts = ({ parts, item }: { readonly parts: readonly Part[]; readonly item: PartOwner }) => (
  <>{parts.map((part) => (part.kind === 'text' ? <Text text={part.text} /> : <Rich draw={({ RichPart }) => <RichPart part={part} item={item} />} />))}</>
)
