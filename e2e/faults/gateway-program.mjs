/**
 * The built gateway with a connector that repeats what it hears and takes orders at its door: to make
 * the disk fail, to set the clock, to speak by itself. Tests of faults run it in a process of its own.
 * Usage: node gateway-program.mjs --config <file>
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createGateway, createLog } from '@parley/gateway'
import { spoilDisk } from './spoilt-disk.mjs'

const { values } = parseArgs({ options: { config: { type: 'string' } } })
const config = JSON.parse(readFileSync(values.config, 'utf8'))
const log = createLog(process.env.LOG_LEVEL)
const systemNow = Date.now
let aheadMs = 0
Date.now = () => systemNow() + aheadMs

function createEcho({ echoes = true, deliveries = null }) {
  let port = null
  const say = (conversation, externalId, text) => port.append({ conversation, externalId, parts: [{ kind: 'text', text }] })

  const orders = {
    disk: async ({ fault }) => spoilDisk(fault),
    clock: async (order) => {
      aheadMs = order.aheadMs
    },
    say: async ({ conversation, count, name }) => {
      for (let from = 0; from < count; from += 200) {
        const numbers = Array.from({ length: Math.min(200, count - from) }, (_, index) => from + index)
        await Promise.all(numbers.map((number) => say(conversation, `${name}-${number}`, `${name} ${number}`)))
      }
    }
  }

  return {
    capabilities: { receives: ['message.created'], page: false, deduplicates: true, participant: { name: 'Echo' } },
    commands: [],
    start(given) {
      port = given
    },
    async deliver({ conversation, event, idempotencyKey, attempt }) {
      if (deliveries) appendFileSync(deliveries, `${conversation} ${event.seq} ${attempt}\n`)
      if (echoes) await say(conversation, idempotencyKey, `echo: ${event.body.parts[0]?.text}`)
    },
    async handleRequest({ path, body }) {
      await orders[path](JSON.parse(new TextDecoder().decode(body)))
      return { status: 200, body: 'done' }
    },
    stop() {}
  }
}

const gateway = createGateway(config, {
  log,
  connectors: { echo: async () => ({ readConfig: (value) => ({ ok: true, value }), create: createEcho }) }
})
process.on('SIGTERM', () => gateway.stop().then(() => process.exit(0)))
const { url } = await gateway.start()
process.stdout.write(`${url}\n`)
