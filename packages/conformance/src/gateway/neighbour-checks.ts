import { type Check, demand } from '../check.js'
import type { GatewayContext } from './gateway-context.js'
import { demandNoHoles } from './rows.js'

/** What can be told only after all the others. */
export const NEIGHBOUR_CHECKS: readonly Check<GatewayContext>[] = [
  {
    id: 'neighbour.unharmed',
    rule: 'Whatever was done to the gateway, a client beside it missed no acknowledgement and no event.',
    needs: ['append.ack'],
    async run({ neighbour }) {
      const somebody = await neighbour()
      await somebody.talk('the end')
      const { troubles, said, acked, line } = somebody
      demand(troubles.length === 0, troubles.slice(0, 3).join('; '), `an acknowledgement for each of ${said} messages`)
      await line.until((rows) => (rows.at(-1)?.seq ?? 0) >= Math.max(...acked), 'all of them as events')
      demandNoHoles(line.rows, 'the neighbour')
      demand(line.faults.length === 0, line.faults.slice(0, 3).join('; '), 'frames as the protocol has them')
    }
  },
  {
    id: 'neighbour.healthz',
    rule: 'After all this GET /healthz is answered as at first.',
    async run({ entrance }) {
      const { status } = await entrance.ask('/healthz')
      demand(status === 200, `status ${status}`, 'status 200')
    }
  }
]
