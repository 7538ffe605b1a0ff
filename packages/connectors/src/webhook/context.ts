import type { KnownEvent, Part } from '@parley/protocol'

/** What was said before, as a bot reads it: one line of words each. */
export type ContextItem = { readonly at: string; readonly from: 'visitor' | 'agent' | 'bot' } & (
  | { readonly type: 'message'; readonly id: string; readonly text: string }
  | { readonly type: 'answer'; readonly to: string; readonly value: string; readonly text: string }
  | { readonly type: 'command'; readonly run: string; readonly name: string; readonly args: object }
  | { readonly type: 'result' | 'failed'; readonly run: string; readonly text: string }
  | { readonly type: 'handover'; readonly to: string; readonly text: string }
)

/** Enough to know what it is about; fifty of them are no more than a body may hold. */
const TEXT_CHARACTERS = 2_000

/** Events that are not for a bot to read (who joined, how a run is going, sign-ins) are left out. */
export const contextOf = (events: readonly KnownEvent[]): readonly ContextItem[] => events.map(itemOf).filter((item) => item !== null)

function itemOf(event: KnownEvent): ContextItem | null {
  const head = { at: event.at, from: event.author.role }
  switch (event.type) {
    case 'message.created':
      return { ...head, type: 'message', id: event.messageId, text: short(textOf(event.body.parts)) }
    case 'answer.given':
      return { ...head, type: 'answer', to: event.body.to, value: event.body.value, text: event.body.label ?? event.body.value }
    case 'run.started':
      return { ...head, type: 'command', run: event.body.run, name: event.body.command, args: event.body.args }
    case 'run.finished':
      return { ...head, type: 'result', run: event.body.run, text: short(textOf(event.body.parts)) }
    case 'run.failed':
      return { ...head, type: 'failed', run: event.body.run, text: short(event.body.text) }
    case 'handoff.completed':
      return { ...head, type: 'handover', to: event.body.to, text: event.body.name }
    default:
      return null
  }
}

/** All that can be read of a message, a line for each part. */
export const textOf = (parts: readonly Part[]): string =>
  parts
    .map(lineOf)
    .filter((line) => line !== '')
    .join('\n')

function lineOf(part: Part): string {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'link':
      return part.title ? `${part.title} (${part.url})` : part.url
    case 'file':
      return part.alt ?? part.name
    case 'choices':
      return joined(
        part.text,
        part.choices.map(({ label }) => label)
      )
    case 'cards':
      return joined(
        part.text,
        part.cards.map(({ title }) => title)
      )
    case 'data':
      return part.title ?? 'data'
    case 'sign-in':
      return part.partner
    case 'unknown':
      return ''
    default:
      return part satisfies never
  }
}

const joined = (text: string | undefined, names: readonly string[]): string => (text ? `${text} [${names.join(' | ')}]` : `[${names.join(' | ')}]`)

/** Never ends with half a character. */
const short = (text: string): string => (text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text)
