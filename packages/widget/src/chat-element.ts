import type { Arguments } from '@parley/protocol'
import type { Client, PageCommand, Sent } from '@parley/sdk'

/** What `<parley-chat>` offers to scripts, besides its attributes. Verbs of `window.Parley` end here. */
export interface ChatElement extends HTMLElement {
  /** Give your own client before the first use, for instance one that runs in the page. The element never closes it. */
  client: Client | null
  readonly isOpen: boolean
  open(): void
  close(): void
  toggle(): void
  /** Undoes `hide`. */
  show(): void
  /** Takes launcher and window out of sight; the connection stays. */
  hide(): void
  /** Connects without opening the window, for the unread count. */
  connect(): void
  /** Puts text into the composer; nothing is sent. */
  prefill(text: string): void
  send(line: string): Promise<Sent>
  run(command: string, args?: Arguments): Promise<Sent>
  /** Offers a command of the page. @returns takes it away again */
  command(command: PageCommand): () => void
  /** The visitor is who this token names, see `Client.identify`. It does not connect by itself. */
  identify(token: string): Promise<void>
  /** Forgets the visitor and the conversation, and closes the window. */
  reset(): Promise<void>
  /** Closes the client and takes the element out of the page. */
  shutdown(): void
}

/** Names of the CustomEvents, without their `parley:`. */
export const EVENT_NAMES = ['ready', 'opened', 'closed', 'message', 'unread', 'connection', 'error'] as const
export type EventName = (typeof EVENT_NAMES)[number]
export const TAG = 'parley-chat'
