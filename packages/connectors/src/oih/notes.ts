import type { Json, LinkId } from '@parley/protocol'
import type { ConnectorPort, LinkRecord } from '@parley/engine'

/** What this connector remembers in the engine's records. */

export type RunNotes = {
  /** Mark of the account that was sent along. */
  readonly account?: string
  /** The sign-in that this run asked for. */
  readonly link?: LinkId
}
export type LinkNotes = {
  readonly authUrl: string
  readonly scope: string
  /** Hash of the cookie of the browser that pressed "continue". */
  readonly browser?: string
}

type JsonObject = { readonly [key: string]: Json }
const objectOf = (notes: Json): JsonObject => (typeof notes === 'object' && notes !== null && !Array.isArray(notes) ? (notes as JsonObject) : {})

export function readRunNotes(notes: Json): RunNotes {
  const { account, link } = objectOf(notes)
  return { ...(typeof account === 'string' ? { account } : {}), ...(typeof link === 'string' ? { link: link as LinkId } : {}) }
}

function readLinkNotes(notes: Json): LinkNotes | null {
  const { authUrl, scope, browser } = objectOf(notes)
  if (typeof authUrl !== 'string' || typeof scope !== 'string') return null
  return { authUrl, scope, ...(typeof browser === 'string' ? { browser } : {}) }
}

/** The notes of a sign-in that can still be used; `null` when it is over. */
export function pendingNotes(link: LinkRecord, now: number): LinkNotes | null {
  return link.status === 'requested' && link.expiresAt > now ? readLinkNotes(link.notes) : null
}

/** Tells accounts apart without holding the credential. */
export const accountMark = (port: ConnectorPort, credential: string): string => port.sign('oih account', credential)
