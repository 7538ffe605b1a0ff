import type { CommandSpec, Part, Participant, RunState, TextPart } from '@parley/protocol'
import type { CommandItem, MessageItem, TimelineItem } from '@parley/sdk'
import type { JSX } from 'preact'
import type { PaletteOption } from '../palette.js'

type View<Props> = (props: Props) => JSX.Element | null

/** The message or result that the parts stand in. Only a message of somebody else can be answered. */
export type PartOwner = Pick<MessageItem, 'key' | 'at' | 'isMine'> & { readonly answer?: string | null }

/** An entry of the transcript that is neither said nor typed by somebody. */
export type EntryProps = {
  readonly item: Exclude<TimelineItem, MessageItem | CommandItem>
  readonly isBelowCommand: boolean
  readonly participants: readonly Participant[]
  readonly author: string
}

/** What is offered for the argument at the caret. It holds for this text of the composer only. */
export type Offered = { readonly text: string; readonly options: readonly PaletteOption[] }
export type ArgumentListProps = {
  readonly spec: CommandSpec
  /** The composer's text, and what of it stands behind the command's name. */
  readonly text: string
  readonly typed: string
  readonly active: number
  readonly choose: (insert: string) => void
  /** Tells the composer, which has the keys, what there is to choose. */
  readonly offer: (offered: Offered | null) => void
}

/** What the richer chunk brings. The other views know only this; the entry of the package says where to fetch it. */
export interface RichViews {
  readonly richStyle: string
  readonly ArgumentList: View<ArgumentListProps>
  readonly Earlier: View<{ readonly load: () => Promise<void> }>
  readonly Ended: View<Record<never, never>>
  readonly Entry: View<EntryProps>
  readonly Markdown: View<{ readonly text: string }>
  readonly NotSent: View<{ readonly item: MessageItem | CommandItem }>
  readonly RichPart: View<{ readonly part: Exclude<Part, TextPart>; readonly item: PartOwner }>
  readonly RunLine: View<{ readonly run: RunState; readonly isMine: boolean }>
  readonly Typing: View<{ readonly others: readonly Participant[] }>
}
