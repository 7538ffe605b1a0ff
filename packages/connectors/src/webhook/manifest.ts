import type { ConnectorCommand, ConnectorPort } from '@parley/engine'
import { commandSpec } from '@parley/protocol/schemas'
import * as v from 'valibot'
import { ask } from './ask.js'
import type { WebhookConfig } from './config.js'
import { readStrictly } from './inbound.js'
import { readJson } from './judge.js'
import { isSimplePattern } from './simple-pattern.js'

/** What a bot announces of itself. */
export type Manifest = { readonly name: string | undefined; readonly commands: readonly ConnectorCommand[] }
export type ReadManifest = { readonly ok: true; readonly value: Manifest } | { readonly ok: false; readonly text: string }

/** Keeps what the bot announced last. */
export interface ManifestKeeper {
  current(): Manifest
  /** Asks now; while it is being asked, once more after that. */
  refresh(): void
  stop(): void
}

const EVERY_MS = 300_000
/** While the bot has not announced anything yet, it is only just being started. */
const AT_FIRST_MS = 15_000

const NAME = 'a name of 1 to 100 characters'
const PATTERN = 'a pattern without groups and alternatives, with at most one "*" or "+"'
const UNIQUE = 'commands, each name once'

const command = v.pipe(
  commandSpec,
  // Values are known to connectors that say so; this one has nobody to ask.
  v.transform(({ args, ...rest }) => ({ ...rest, args: args.map(({ completes: _, ...argument }) => argument) })),
  v.check(({ args }) => args.every(({ pattern }) => pattern === undefined || isSimplePattern(pattern)), PATTERN)
)
const schema = v.object({
  name: v.optional(v.pipe(v.string(NAME), v.minLength(1, NAME), v.maxLength(100, NAME))),
  commands: v.pipe(
    v.array(command, 'a list of commands'),
    v.maxLength(200, 'at most 200 commands'),
    v.check((commands) => new Set(commands.map(({ name }) => name)).size === commands.length, UNIQUE)
  )
})

const NOTHING: Manifest = { name: undefined, commands: [] }

/** @param runTimeoutMs how long each command may take */
export function readManifest(text: string, runTimeoutMs: number): ReadManifest {
  const value = readJson(text)
  if (value === undefined) return { ok: false, text: 'it is not JSON' }
  const read = readStrictly(schema, value)
  if (!read.ok) return read
  return { ok: true, value: { name: read.value.name, commands: read.value.commands.map((one) => ({ ...one, timeoutMs: runTimeoutMs })) } }
}

/** Asks for the manifest at once and every five minutes. A bad one changes nothing, and is told once. */
export function createManifestKeeper(port: ConnectorPort, config: WebhookConfig & { readonly manifestUrl: string }, kept: Manifest | null): ManifestKeeper {
  let manifest = kept
  let trouble: string | null = null
  let cancel: () => void = () => {}
  let isStopped = false
  let isAsking = false
  let isAskedAgain = false

  async function fetchOnce(): Promise<ReadManifest> {
    const reply = await ask(port, config, { method: 'GET', url: config.manifestUrl, id: `manifest_${port.randomId()}`, body: '' })
    if (reply.kind !== 'answered') return { ok: false, text: reply.kind }
    return reply.status === 200 ? readManifest(reply.text, config.runTimeoutMs) : { ok: false, text: `status ${reply.status}` }
  }

  function take(read: ReadManifest): void {
    if (!read.ok) {
      if (trouble !== read.text) port.log.error({ inbox: port.inbox, why: read.text, kept: manifest !== null }, 'the manifest of the bot cannot be used')
      trouble = read.text
      return
    }
    if (trouble !== null) port.log.info({ inbox: port.inbox }, 'the manifest of the bot can be used again')
    trouble = null
    if (JSON.stringify(read.value) === JSON.stringify(manifest)) return
    manifest = read.value
    port.log.info({ inbox: port.inbox, commands: manifest.commands.length }, 'the bot announced its commands')
    port.commandsChanged()
  }

  async function refresh(): Promise<void> {
    if (isStopped) return
    isAskedAgain = isAsking
    if (isAsking) return
    isAsking = true
    cancel()
    const read = await fetchOnce().finally(() => void (isAsking = false))
    if (isStopped) return
    take(read)
    if (isAskedAgain) return refresh()
    cancel = port.clock.setTimer(manifest === null ? AT_FIRST_MS : EVERY_MS, start)
  }

  function start(): void {
    refresh().catch((thrown: unknown) => {
      port.log.error({ inbox: port.inbox, reason: thrown instanceof Error ? thrown.message : String(thrown) }, 'the manifest of the bot could not be asked for')
    })
  }

  start()
  return {
    current: () => manifest ?? NOTHING,
    refresh: start,
    stop() {
      isStopped = true
      cancel()
    }
  }
}
