/** Long-polling, a chunk of its own in a page: only who sits behind a proxy that lets no WebSocket through loads it. */
export { NodeXHR as Polling } from 'engine.io-client'
