import type { ConversationId, Json } from '@parley/protocol'
import type { ConversationVerbs } from '../connector.js'
import { MOST_NOTES_BYTES, notesBytes } from '../notes-size.js'
import type { FakeState } from './fake-records.js'

/** The verbs for conversations, as the docstrings of `ConversationVerbs` have it, in memory. */
export function fakeConversationVerbs(state: FakeState): ConversationVerbs {
  const known = (id: ConversationId): boolean => state.conversations.has(id)
  return {
    find: async (id) => state.conversations.get(id) ?? null,
    ofPerson: async (subject) => [...state.conversations.values()].find(({ person, isOpen }) => isOpen && person?.subject === subject) ?? null,
    recall: async (id): Promise<Json> => state.notes.get(id) ?? null,
    async remember(id, notes) {
      const bytes = notesBytes(notes)
      if (bytes > MOST_NOTES_BYTES) throw new RangeError(`remember: the notes have ${bytes} bytes; ${MOST_NOTES_BYTES} are the most`)
      if (known(id)) state.notes.set(id, notes)
    },
    recent: async (id, { limit, to = Number.MAX_SAFE_INTEGER }) =>
      (state.events.get(id) ?? []).filter(({ seq }) => seq <= to).slice(-Math.min(limit, MOST_RECENT))
  }
}

const MOST_RECENT = 50
