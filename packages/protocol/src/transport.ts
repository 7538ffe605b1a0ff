import type { WireError } from './error.js'
import type { ClientFrameName, ClientFrames, Hello, ServerFrame, SessionAnswer, SessionRequest } from './frame.js'

/** Why a transport is no more: `lost` may come back, `refused` is the gateway's definite answer. */
export type TransportEnd = { readonly kind: 'lost'; readonly detail: string } | { readonly kind: 'refused'; readonly error: WireError }

/** One connection's life. It moves frames and decides nothing; it never reconnects and never buffers. */
export interface Transport {
  /**
   * Sends a frame and settles with the gateway's answer.
   * @throws ParleyError `gateway.unavailable` when the connection ends first
   */
  request<Name extends ClientFrameName>(name: Name, payload: ClientFrames[Name]['payload']): Promise<ClientFrames[Name]['ack']>
  close(): void
}

export type TransportEvents = {
  /** Every frame of the gateway, already checked; `welcome` is the first. */
  onFrame(frame: ServerFrame): void
  /** Exactly once, whatever happened; never after `close()`. */
  onEnd(end: TransportEnd): void
}

/** Opens one connection at once; failure is told by `onEnd`. */
export type OpenTransport = (hello: Hello, events: TransportEvents) => Transport

/**
 * All that a client needs of its other side, where that is no gateway: the engine in the page, for example. Whoever opens
 * it gets sessions and connections from it instead of over the network.
 */
export interface ClientHost {
  /** Tells hosts apart; stands in names of locks and storage. */
  readonly name: string
  /** `false`: what is sent ends with the page. Then nothing is kept in the browser, and nothing is called stored. */
  readonly durable: boolean
  /** @throws ParleyError when there is no entering */
  openSession(request: SessionRequest, signal: AbortSignal): Promise<SessionAnswer>
  readonly open: OpenTransport
  /** The client is closed for good. */
  close(): void
}
