/** One simulated client of either server: the load knows no other difference between the two. */
export interface Peer {
  /** Opens the line. Again after it ended. */
  connect(): void
  /** Sends one message, at once or when there is a line again: what is not connected keeps its messages. */
  say(text: string): void
  /** Stops reading, as a page does that hangs. */
  pause(): void
  resume(): void
  /** Ends the line without a word to either side. */
  cut(): void
  readonly counts: PeerCounts
}

export type PeerEvents = {
  /** The server has acknowledged a message of this client. */
  onAck(): void
  /** A message of somebody else, or of this client where the server tells its own too. */
  onText(text: string): void
  /** Connected, caught up with what the log held then, and all that had been said till then is acknowledged. Once per line. */
  onSettled(): void
  /** The line ended by itself. */
  onEnd(why: string): void
}

/** What should not be. */
export type PeerCounts = {
  /** Rows that came again; dropped. */
  repeated: number
  /** Rows that came before their turn; asked for again. */
  holes: number
  /** Messages that were under way when the line ended and that nobody sends again. */
  abandoned: number
}

export const SILENT: PeerEvents = { onAck() {}, onText() {}, onSettled() {}, onEnd() {} }
