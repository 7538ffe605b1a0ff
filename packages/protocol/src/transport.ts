import type { WireError } from './error.js'
import type { ClientFrameName, ClientFrames, Hello, ServerFrame } from './frame.js'

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
