import type { ParticipantId } from './id.js'

/** `agent` is a human who answers; `bot` is whatever answers by machine, a workflow too. */
export type Role = 'visitor' | 'agent' | 'bot'

/** Who wrote an event, as every event carries it. */
export type Author = { readonly id: ParticipantId; readonly role: Role }

/** Anyone in a conversation. `name` is what the others see; absent for an anonymous visitor. */
export type Participant = Author & { readonly name?: string }
