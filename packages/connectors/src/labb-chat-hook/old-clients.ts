import type { Connector } from '@parley/engine'
import type { Holder } from './customers.js'

/** What the door for old clients and this connector know of each other: numbers and conversations, no socket. */
export interface OldClients {
  /** A number is one conversation, whoever says it, and waits for those who come back. */
  readonly trustsNumbers: boolean
  /**
   * A socket uses this number from now on; answers to it go to the holder's conversation, too. An empty number is the
   * holder's alone. @returns it does so no more. @throws before the connector is started
   */
  use(number: string, holder: Holder): () => void
}
export interface LabbChatHookConnector extends Connector {
  readonly oldClients: OldClients
}

export const servesOldClients = (connector: Connector): connector is LabbChatHookConnector => 'oldClients' in connector
