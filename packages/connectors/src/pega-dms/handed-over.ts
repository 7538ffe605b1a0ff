import type { KnownEvent, Part } from '@parley/protocol'

/** Characters of what was said before that agents are shown; the newest count. */
const MOST_CHARACTERS = 4_000

/**
 * What an agent must know of a conversation that was handed over here: what was said before, a line each, oldest first.
 * @param name how the visitor is called
 * @returns `null` when nothing was said
 */
export function summaryOf(events: readonly KnownEvent[], name: string): string | null {
  const lines = events.flatMap((event) => lineOf(event, name))
  while (lines.join('\n').length > MOST_CHARACTERS && lines.length > 1) lines.shift()
  return lines.length === 0 ? null : ['Handed over. What was said before:', ...lines].join('\n').slice(0, 2 * MOST_CHARACTERS)
}

function lineOf(event: KnownEvent, name: string): readonly string[] {
  const who = event.author.role === 'visitor' ? name : 'Bot'
  if (event.type === 'answer.given') return [`${who}: ${event.body.label ?? event.body.value}`]
  if (event.type !== 'message.created' || event.body.about !== undefined) return []
  const words = event.body.parts.flatMap(wordsOf)
  return words.length === 0 ? [] : [`${who}: ${words.join(' ')}`]
}

function wordsOf(part: Part): readonly string[] {
  if (part.kind === 'text') return [part.text.slice(0, MOST_CHARACTERS)]
  return (part.kind === 'choices' || part.kind === 'cards') && part.text ? [part.text.slice(0, MOST_CHARACTERS)] : []
}
