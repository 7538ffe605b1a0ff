import type { Chance } from '../simulation/chance.js'
import type { Device } from './device.js'
import { pause } from './real-time.js'

export type TrafficOptions = { readonly messages: number; readonly overMs: number /** Said every few seconds. */; readonly label: string }

const TICK_MS = 10
const SAY_EVERY_MS = 5_000

/** Has messages sent, evenly over the time, each by a device that chance picks. Settles when the last was handed over, not when it was answered. */
export async function sendMessages(devices: readonly Device[], chance: Chance, { messages, overMs, label }: TrafficOptions): Promise<void> {
  const startedAt = performance.now()
  let sent = 0
  let saidAt = startedAt
  while (sent < messages) {
    const passedMs = performance.now() - startedAt
    const due = Math.min(messages, Math.ceil((passedMs / overMs) * messages))
    for (; sent < due; sent++) void chance.pick(devices).send()
    if (performance.now() - saidAt > SAY_EVERY_MS) {
      saidAt = performance.now()
      const answered = devices.reduce((sum, { acks }) => sum + acks.length, 0)
      const online = devices.filter(({ client }) => client.$connection.get().state === 'online').length
      console.log(`${label}: ${Math.round(passedMs / 1_000)} s, ${sent} of ${messages} sent, ${answered} acknowledged, ${online} of ${devices.length} online`)
    }
    await pause(TICK_MS)
  }
}
