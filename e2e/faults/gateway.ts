import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStore, systemChance } from '@parley/gateway'
import type { ConversationId, ParleyEvent } from '@parley/protocol'
import type { Delivered, Row } from '../simulation/history-facts.js'
import { type GatewayProcess, startGatewayProcess } from '../tools/gateway-process.js'

/** A gateway in a process of its own on a file of its own, to be killed and started again at the same port. */
export interface FaultyGateway {
  readonly port: number
  /** The store's file. */
  readonly file: string
  process(): GatewayProcess
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Starts it again. @returns how long it took until it listened, in ms */
  start(): Promise<number>
  /** Gives an order to the connector; see `gateway-program.mjs`. */
  order(name: 'disk' | 'clock' | 'say', order: object): Promise<void>
  /** The visitor's conversation. */
  enter(visitorKey: string): Promise<ConversationId>
  /** The rows of these conversations, read from the file. Only while no process runs. */
  readLog(conversations: readonly ConversationId[]): Promise<Row[]>
  /** What was handed to the connector, in order. */
  deliveries(): readonly Delivered[]
  /** What was handed over so far belongs to another life of the log. */
  forgetDeliveries(): void
  /** Ends it and removes its file. */
  close(): Promise<void>
}

export type FaultyGatewayOptions = {
  /** Does the connector say something to each message? Default: yes. */
  readonly echoes?: boolean
  /** Default: the built gateway of this repository with the echo connector. */
  readonly program?: string
  /** Default: one inbox of the echo connector. */
  readonly inboxes?: Readonly<Record<string, unknown>>
}

const PROGRAM = fileURLToPath(new URL('gateway-program.mjs', import.meta.url))
export const INBOX = 'support'
/** Tests come from one address, and send faster than a visitor may. */
const LIMITS = { messagesPerSecond: 10_000, burst: 100_000, connectionsPerIp: 100_000, sessionsPerMinutePerIp: 1_000_000 }
const EVERYTHING = 10_000_000

export async function startFaultyGateway({ echoes = true, program = PROGRAM, inboxes }: FaultyGatewayOptions = {}): Promise<FaultyGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-faults-'))
  const [file, delivered] = [join(folder, 'log.db'), join(folder, 'deliveries')]
  const config = { port: 0, store: `sqlite:${file}`, limits: LIMITS, inboxes: inboxes ?? { [INBOX]: { connector: 'echo', echoes, deliveries: delivered } } }
  let running: GatewayProcess | null = await startGatewayProcess({ config, program })
  const port = Number(new URL(running.url).port)
  const url = `http://127.0.0.1:${port}`

  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers: { connection: 'close' } })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`)
    return text
  }

  async function kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await running?.kill(signal)
    running = null
  }

  return {
    port,
    file,
    process() {
      if (!running) throw new Error('the gateway does not run')
      return running
    },
    kill,
    async start() {
      const startedAt = performance.now()
      running = await startGatewayProcess({ config: { ...config, port }, program })
      return performance.now() - startedAt
    },
    async order(name, order) {
      await post(`/hooks/${INBOX}/${name}`, order)
    },
    async enter(visitorKey) {
      const answer = JSON.parse(String(await post('/session', { inbox: Object.keys(config.inboxes)[0], visitorKey }))) as {
        readonly conversation: ConversationId
      }
      return answer.conversation
    },
    async readLog(conversations) {
      const store = await openStore(config.store, systemChance)
      const rows: Row[] = []
      for (const id of conversations) {
        const events = await store.read({ conversation: id, log: 'public', from: 1, to: EVERYTHING }, EVERYTHING, Number.MAX_SAFE_INTEGER)
        rows.push(...events.map((event) => rowOf(id, event)))
      }
      await store.close()
      return rows
    },
    deliveries: () => readDeliveries(delivered),
    forgetDeliveries: () => rmSync(delivered, { force: true }),
    async close() {
      await kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function readDeliveries(file: string): Delivered[] {
  return readFileSync(file, { encoding: 'utf8', flag: 'a+' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [conversation = '', seq, attempt] = line.split(' ')
      return { conversation, seq: Number(seq), attempt: Number(attempt) }
    })
}

/** Words of visitors only: nobody asked for those of the connector. */
function rowOf(conversation: string, event: ParleyEvent): Row {
  const [part] = event.type === 'message.created' ? event.body.parts : []
  const text = event.author.role === 'visitor' && part?.kind === 'text' ? part.text : null
  return { conversation, seq: event.seq, messageId: event.messageId, type: event.type, text, run: null, isLate: false }
}
