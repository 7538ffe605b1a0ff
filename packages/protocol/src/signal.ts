import type { ParticipantId } from './id.js'

/** A passing fact: never recorded, may be lost. `forMs` says how long it holds unless repeated. */
export type Signal = { readonly kind: 'typing'; readonly by: ParticipantId; readonly forMs: number }
