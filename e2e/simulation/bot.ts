import { type Connector, type ConnectorPort, type Delivery, DeliveryFault } from '@parley/engine'
import type { ConversationId, RunId } from '@parley/protocol'
import type { Chance } from './chance.js'
import type { Delivered } from './history-facts.js'
import type { Life } from './life.js'
import type { Profile, Weather } from './profile.js'
import type { VirtualClock } from './virtual-clock.js'

/** A run without an end is given up after this long; the bot takes longer at times. */
const RUN_TIMEOUT_MS = 60_000
/** The outside asks again when its call had no answer. */
const CALL_AGAIN_MS = 2_000

/**
 * What answers, and its connector. The outside outlives all gateways: it remembers what it was given,
 * and calls until its answer was taken.
 */
export interface Bot {
  /** The adapter in one life of the gateway. */
  connector(life: Life): Connector
  /** The outside says something by itself, in the end surely. */
  say(conversation: ConversationId, text: string): void
  close(conversation: ConversationId): void
  /** Every call of the outside was answered. */
  isIdle(): boolean
  /** An old copy was put back: numbers are given anew. What the outside was given it remembers. */
  forget(): void
  readonly deliveries: readonly Delivered[]
}

type Parts = { readonly clock: VirtualClock; readonly chance: Chance; readonly profile: Profile; readonly weather: Weather }
type Call = (port: ConnectorPort) => Promise<unknown>

export function createBot({ clock, chance, profile, weather }: Parts): Bot {
  const deliveries: Delivered[] = []
  const known = new Set<string>()
  let open = 0
  let now: { readonly life: Life; readonly port: ConnectorPort } | null = null

  /** At least once: a call that did not end is made again, by whichever gateway is there then. */
  function callIn(ms: number, call: Call): void {
    let isDone = false
    let cancel = (): void => {}
    open++
    const done = (): void => {
      if (!isDone) open--
      isDone = true
      cancel()
    }
    const attempt = (): void => {
      const by = now
      cancel = clock.setTimer(CALL_AGAIN_MS, attempt)
      if (by && !by.life.isOver()) call(by.port).then(done, () => {})
    }
    clock.setTimer(ms, attempt)
  }

  function answer({ conversation, idempotencyKey: key, event }: Delivery): void {
    if (event.type === 'run.started') return carryOut(event.body.run)
    const times = chance.is(0.1) ? 2 : 1
    for (let time = 0; time < times; time++)
      callIn(chance.between(0, 800), (port) => port.append({ conversation, externalId: key, parts: [{ kind: 'text', text: `echo ${key}` }] }))
  }

  function carryOut(run: RunId): void {
    const endsIn = chance.pick([chance.between(0, 500), chance.between(500, 20_000), chance.between(55_000, 65_000), chance.between(61_000, 120_000)])
    if (chance.is(0.5)) callIn(chance.between(0, 300), (port) => port.run.accept(run))
    for (let step = 0; step < chance.between(0, 2); step++)
      callIn(chance.between(0, endsIn), (port) => port.run.progress(run, { step: `${step}`, fraction: step / 2 }))
    const ends: Call[] = [
      (port) => port.run.finish(run, [{ kind: 'text', text: 'done' }]),
      (port) => port.run.fail(run, { reason: 'failed', text: 'It did not work.', again: true })
    ]
    if (chance.is(0.95)) callIn(endsIn, chance.pick(ends))
    if (chance.is(0.2)) callIn(endsIn + chance.between(0, 2_000), chance.pick(ends))
  }

  async function deliver(life: Life, delivery: Delivery): Promise<void> {
    deliveries.push({ conversation: delivery.conversation, seq: delivery.event.seq, attempt: delivery.attempt })
    const fails = !weather.isFair && chance.is(0.1)
    if (profile.marksSent) await delivery.markSent()
    if (chance.is(0.3)) await life.pause(chance.is(0.1) ? 4_000 : chance.between(0, 50))
    if (fails && chance.is(0.5)) throw new DeliveryFault('The outside could not be reached.', { retry: true })
    // The outside takes a key once, however often it is given.
    if (!known.has(delivery.idempotencyKey)) answer(delivery)
    known.add(delivery.idempotencyKey)
    if (fails) throw new DeliveryFault('The outside did not say that it took this.', { retry: true })
  }

  return {
    connector: (life) => ({
      capabilities: { receives: ['message.created', 'run.started'], page: true, deduplicates: !profile.marksSent, participant: { name: 'Echo' } },
      commands: [{ name: 'work', description: 'Takes its time.', args: [{ name: 'text', type: 'text', required: true }], timeoutMs: RUN_TIMEOUT_MS }],
      start(port) {
        now = { life, port }
      },
      deliver: (delivery) => deliver(life, delivery),
      stop() {}
    }),
    say: (conversation, text) => callIn(0, (port) => port.append({ conversation, externalId: text, parts: [{ kind: 'text', text }] })),
    close: (conversation) => callIn(0, (port) => port.close(conversation, 'done')),
    isIdle: () => open === 0,
    forget() {
      deliveries.length = 0
    },
    deliveries
  }
}
