import { Duplex } from 'node:stream'
import { type AuditRecord, type Clock, reasonOf } from '@parley/engine'
import type { ChannelModel, ConfirmChannel } from 'amqplib'
import { envelopeOf, type Naming } from './envelope.js'
import { away, type Outlet, type Sent } from './outlet.js'

export type AmqpOutletOptions = Naming & {
  readonly url: string
  readonly exchange: string
  readonly clock: Pick<Clock, 'setTimer'>
  /** How long the broker has for a line with its channel, and for its confirmations, in ms. Default 15,000. */
  readonly withinMs?: number
}

type Line = {
  readonly model: ChannelModel
  readonly channel: ConfirmChannel
  /** What came back because no queue takes it. */
  readonly returned: Set<string>
  isBroken: boolean
}

/** So long it may take to say goodbye in good order. */
const GOODBYE_MS = 300

/**
 * Publishes each record as a persistent message, under its name as routing key, and counts it as taken when the broker
 * has confirmed it and a queue has it. A line that fails is given up whole; the next batch opens another one.
 */
export function createAmqpOutlet({ url, exchange, clock, withinMs = 15_000, ...naming }: AmqpOutletOptions): Outlet {
  const unbound = `no queue of the exchange "${exchange}" is bound to these names; bind one to "${naming.topic}.#"`
  let line: Promise<Line> | null = null
  let isClosed = false
  /** Answers to give when the outlet is closed: of the batches under way. */
  const underWay = new Set<(sent: Sent) => void>()

  async function open(): Promise<Line> {
    // Loaded only here: few gateways speak to a broker.
    const { connect } = await import('amqplib')
    const limit = after(clock, withinMs, `no line within ${withinMs} ms`)
    const connecting = connect(url, { timeout: withinMs, noDelay: true })
    try {
      return await Promise.race([prepare(connecting), limit.reached])
    } catch (thrown) {
      // Also the one that comes to stand after its time.
      connecting.then(destroy, () => {})
      throw thrown
    } finally {
      limit.cancel()
    }
  }

  async function prepare(connecting: Promise<ChannelModel>): Promise<Line> {
    const model = await connecting
    let opened: Line | null = null
    const breaks = (): void => {
      if (opened) opened.isBroken = true
    }
    // Without a listener a line that breaks would end the process; whoever waits for a confirmation hears why.
    model.on('error', breaks)
    model.on('close', breaks)
    const channel = await openChannel(model, exchange)
    const returned = new Set<string>()
    channel.on('return', ({ properties }) => returned.add(String(properties.messageId)))
    channel.on('close', breaks)
    if (isClosed) throw new Error('closed meanwhile')
    opened = { model, channel, returned, isBroken: false }
    return opened
  }

  async function lineUp(): Promise<Line> {
    const standing = await line?.catch(() => null)
    if (standing && !standing.isBroken) return standing
    line = open()
    return line
  }

  /** @throws what the broker or the line said instead of a confirmation */
  function publish({ channel }: Line, record: AuditRecord): Promise<string> {
    const envelope = envelopeOf(record, naming)
    const options = { persistent: true, mandatory: true, contentType: 'application/json', messageId: record.id, timestamp: Math.floor(record.at / 1_000) }
    return new Promise((resolve, reject) => {
      channel.publish(exchange, envelope.headers.name, Buffer.from(JSON.stringify(envelope)), options, (refusal: unknown) =>
        refusal ? reject(refusal) : resolve(record.id)
      )
    })
  }

  async function publishAll(open: Line, batch: readonly AuditRecord[]): Promise<Sent> {
    open.returned.clear()
    const limit = after(clock, withinMs, `no confirmation within ${withinMs} ms`)
    const outcomes = await Promise.allSettled(batch.map((record) => Promise.race([publish(open, record), limit.reached])))
    limit.cancel()
    const confirmed = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    const [taken, unrouted] = [confirmed.filter((id) => !open.returned.has(id)), confirmed.filter((id) => open.returned.has(id))]
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed) giveUp(open)
    if (failed) return { taken, unrouted, obstacle: away(reasonOf(failed.reason)) }
    return { taken, unrouted, obstacle: taken.length === 0 && unrouted.length > 0 ? { kind: 'unrouted', reason: unbound } : null }
  }

  function giveUp(open: Line): void {
    open.isBroken = true
    destroy(open.model)
  }

  async function send(batch: readonly AuditRecord[]): Promise<Sent> {
    try {
      return await publishAll(await lineUp(), batch)
    } catch (thrown) {
      return { taken: [], obstacle: away(reasonOf(thrown)) }
    }
  }

  return {
    // Whoever closes does not wait for a broker that says nothing.
    send(batch) {
      if (isClosed) return Promise.resolve(CLOSED)
      return new Promise((resolve, reject) => {
        underWay.add(resolve)
        send(batch).then((sent) => {
          underWay.delete(resolve)
          resolve(sent)
        }, reject)
      })
    },
    async close() {
      isClosed = true
      const limit = after(clock, GOODBYE_MS, 'the broker did not say goodbye')
      const open = await Promise.race([line, limit.reached]).catch(() => null)
      // However it ends, nothing is left of the line.
      if (open && !open.isBroken) await Promise.race([open.model.close(), limit.reached]).catch(() => giveUp(open))
      limit.cancel()
      for (const answer of underWay) answer(CLOSED)
    }
  }
}

const CLOSED: Sent = { taken: [], obstacle: away('the line is closed') }

/** The exchange as it stands; where there is none, a durable topic exchange, as the platform's own services make it. */
async function openChannel(model: ChannelModel, exchange: string): Promise<ConfirmChannel> {
  const standing = await confirmChannel(model)
  try {
    // Asking needs no right to configure anything; a wrong guess costs the channel.
    await standing.checkExchange(exchange)
    return standing
  } catch {
    const fresh = await confirmChannel(model)
    await fresh.assertExchange(exchange, 'topic', { durable: true })
    return fresh
  }
}

async function confirmChannel(model: ChannelModel): Promise<ConfirmChannel> {
  const channel = await model.createConfirmChannel()
  // Whoever waits on the channel is told; without a listener the process would end.
  channel.on('error', () => {})
  return channel
}

/** A line that no longer answers takes no goodbye, either. */
function destroy(model: ChannelModel): void {
  const stream: unknown = Reflect.get(model.connection, 'stream')
  if (stream instanceof Duplex) stream.destroy(new Error('the line was given up'))
}

function after(clock: Pick<Clock, 'setTimer'>, ms: number, reason: string): { readonly reached: Promise<never>; cancel(): void } {
  let cancel = (): void => {}
  const reached = new Promise<never>((_, reject) => {
    cancel = clock.setTimer(ms, () => reject(new Error(reason)))
  })
  return { reached, cancel: () => cancel() }
}
