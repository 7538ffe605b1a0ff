import type { ConnectionState } from './api.js'

/**
 * What happens to a line. `timer` is the end of a wait, or of the time an attempt may take;
 * `lost` may come back, `refused` is definite, `pause` and `stop` are the page's own wish: for now, and for good.
 */
export type ConnectionInput = 'start' | 'opened' | 'lost' | 'timer' | 'refused' | 'networkLost' | 'networkBack' | 'pause' | 'stop'

/** Every pair decided; `null`: stays as it is. */
// biome-ignore format: a table is read by its columns
export const TRANSITIONS: Record<ConnectionState, Record<ConnectionInput, ConnectionState | null>> = {
  idle:       { start: 'connecting', opened: null,     lost: null,      timer: null,         refused: null,     networkLost: null,      networkBack: null,         pause: null,   stop: 'closed' },
  connecting: { start: null,         opened: 'online', lost: 'waiting', timer: 'waiting',    refused: 'closed', networkLost: 'offline', networkBack: null,         pause: 'idle', stop: 'closed' },
  online:     { start: null,         opened: null,     lost: 'waiting', timer: null,         refused: 'closed', networkLost: 'offline', networkBack: null,         pause: 'idle', stop: 'closed' },
  waiting:    { start: 'connecting', opened: null,     lost: null,      timer: 'connecting', refused: null,     networkLost: 'offline', networkBack: 'connecting', pause: 'idle', stop: 'closed' },
  offline:    { start: 'connecting', opened: null,     lost: null,      timer: 'connecting', refused: null,     networkLost: null,      networkBack: 'connecting', pause: 'idle', stop: 'closed' },
  closed:     { start: null,         opened: null,     lost: null,      timer: null,         refused: null,     networkLost: null,      networkBack: null,         pause: null,   stop: null }
}

/** The state after this input. */
export const next = (state: ConnectionState, input: ConnectionInput): ConnectionState => TRANSITIONS[state][input] ?? state
