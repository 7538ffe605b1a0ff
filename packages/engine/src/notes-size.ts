import type { Json } from '@parley/protocol'

/** What one connector may remember of one conversation. */
export const MOST_NOTES_BYTES = 65_536

/** As UTF-8 JSON. */
export const notesBytes = (notes: Json): number => new TextEncoder().encode(JSON.stringify(notes)).length
