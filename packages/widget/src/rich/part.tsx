import type { Part, TextPart } from '@parley/protocol'
import type { PartOwner } from '../views/rich-views.js'
import { Cards } from './cards.js'
import { Choices } from './choices.js'
import { Data } from './data.js'
import { SignIn } from './sign-in.js'
import { FileTile, LinkTile } from './tiles.js'
import { words } from './words.js'

/** A part of a message that is more than text. */
export function RichPart({ part, item }: { readonly part: Exclude<Part, TextPart>; readonly item: PartOwner }) {
  switch (part.kind) {
    case 'link':
      return <LinkTile part={part} />
    case 'file':
      return <FileTile part={part} />
    case 'choices':
      return <Choices part={part} item={item} />
    case 'cards':
      return <Cards part={part} item={item} />
    case 'data':
      return <Data part={part} />
    case 'sign-in':
      return <SignIn {...part} status="requested" requestedAt={item.at} />
    case 'unknown':
      return <p class="faint">{words.unknownPart}</p>
    default:
      return part satisfies never
  }
}
