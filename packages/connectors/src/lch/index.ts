import type { Connector } from '@parley/engine'
import { createLch } from './create.js'
import { openHookSocket } from './hook-socket.js'
import type { LchOptions } from './types.js'

export type { LchOptions } from './types.js'

/**
 * An existing Labb Chat Hook, for a page without a gateway: `inPage({ connector: lch({ url, customer }) })`. One connector
 * is one customer; somebody else is another connector, in another host.
 * @throws ParleyError `option.invalid`
 */
export const lch = (options: LchOptions): Connector => createLch(options, { openHook: openHookSocket, random: Math.random })
