import type { Part, Participant, RunState, TextPart } from '@parley/protocol'
import type { CommandItem, MessageItem, TimelineItem } from '@parley/sdk'
import type { JSX } from 'preact'

type View<Props> = (props: Props) => JSX.Element

/** The message or result that the parts stand in. Only a message of somebody else can be answered. */
export type PartOwner = Pick<MessageItem, 'key' | 'at' | 'isMine'> & { readonly answer?: string | null }

/** An entry of the transcript that is neither said nor typed by somebody. */
export type EntryProps = {
  readonly item: Exclude<TimelineItem, MessageItem | CommandItem>
  readonly isBelowCommand: boolean
  readonly participants: readonly Participant[]
  readonly author: string
}

/** What the richer chunk brings. The other views know only this; the entry of the package says where to fetch it. */
export interface RichViews {
  readonly richStyle: string
  readonly Earlier: View<{ readonly load: () => Promise<void> }>
  readonly Ended: View<Record<never, never>>
  readonly Entry: View<EntryProps>
  readonly Markdown: View<{ readonly text: string }>
  readonly NotSent: View<{ readonly item: MessageItem | CommandItem }>
  readonly RichPart: View<{ readonly part: Exclude<Part, TextPart>; readonly item: PartOwner }>
  readonly RunLine: View<{ readonly run: RunState; readonly isMine: boolean }>
  readonly Typing: View<{ readonly others: readonly Participant[] }>
}
