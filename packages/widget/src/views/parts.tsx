import type { Part } from '@parley/protocol'
import type { MessageItem } from '@parley/sdk'
import { Rich } from './rich.js'
import { Text } from './text.js'

/** The message or result that the parts stand in. Only a message of somebody else can be answered. */
export type PartOwner = Pick<MessageItem, 'key' | 'at' | 'isMine'> & { readonly answer?: string | null }

/** The pieces of one message, one below the other. */
export const Parts = ({ parts, item }: { readonly parts: readonly Part[]; readonly item: PartOwner }) => (
  <>{parts.map((part) => (part.kind === 'text' ? <Text text={part.text} /> : <Rich draw={({ RichPart }) => <RichPart part={part} item={item} />} />))}</>
)
