import { type OldClients, servesOldClients } from '@parley/connectors'
import type { Engine, Inbox, Who } from '@parley/engine'
import type { WireError } from '@parley/protocol'
import { startFault } from '../start-fault.js'

/** The inbox of old clients. Only their door leads into it: what is said there is believed to be what the door has checked. */
export type OwnInbox = { readonly name: string; readonly oldClients: OldClients }

/**
 * @returns `null` when there is none
 * @throws StartFault when there are two
 */
export function findOwnInbox(inboxes: readonly Inbox[]): OwnInbox | null {
  const [own, second] = inboxes.flatMap(({ name, connector }) => (servesOldClients(connector) ? [{ name, oldClients: connector.oldClients }] : []))
  if (own && second)
    throw startFault(
      `inboxes.${second.name}.connector`,
      `a second inbox for clients of a Labb Chat Hook beside "${own.name}"`,
      'one: they cannot say which they mean'
    )
  return own ?? null
}

const unknown = (name: string): WireError => ({ code: 'inbox.unknown', text: `There is no inbox "${name.slice(0, 60)}" here.` })

/** The engine as those see it who come in by the other doors: there is no such inbox. */
export function withoutOwnInbox(engine: Engine, own: OwnInbox | null): Engine {
  if (!own) return engine
  return {
    ...engine,
    enter: async (inbox, entry) => (inbox === own.name ? unknown(inbox) : engine.enter(inbox, entry)),
    identify: async (inbox, token) => (inbox === own.name ? null : engine.identify(inbox, token))
  }
}

/** A token may be older than the configuration, and name the inbox for something else. */
export const notOfOwnInbox = (who: Who | WireError, own: OwnInbox | null): Who | WireError =>
  'inbox' in who && who.inbox === own?.name ? unknown(who.inbox) : who
