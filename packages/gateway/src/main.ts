import { parseArgs } from 'node:util'
import { reasonOf } from '@parley/engine'
import { findConfigFile, loadConfigFile } from './config-file.js'
import { createGateway } from './gateway.js'
import { labbChatHookConfig, namesLabbChatHook } from './labb-chat-hook/config.js'
import { createLog } from './log.js'
import { StartFault } from './start-fault.js'

const HELP = `parley-gateway [--config parley.config.js|json]
parley-gateway restore <copy.db> [--config parley.config.js|json | --store sqlite:<path>]

  restore   puts a backup copy in the place of the store, and keeps the store as it was beside it
  --config  the configuration; without it parley.config.js, .mjs or .json in this folder
  --store   which store to put the copy in place of; without it the one of the configuration
  --help    this text

  PORT       overrides "port"
  LOG_LEVEL  debug, info, warn, error or silent

In the place of a Labb Chat Hook, without a configuration (port 5600):
  ALLOWED_ORIGIN, DMS_URL, JWT_ISSUER, JWT_SECRET   as there, all four
  PARLEY_STORE             where messages are kept; sqlite:./parley.db without it
  PARLEY_TRUST_PROXY=1     a proxy stands in front and names the clients' addresses
  LCH_WEBHOOK_AUTH=off     Pega sends no token along
  LCH_TRUST_CUSTOMER_ID=1  a customer number is believed, and what came for it meanwhile is brought
`

/** The executable: runs the gateway until it is told to stop, or carries out the one thing it was asked for. */
async function main(): Promise<void> {
  const { values, positionals } = readArguments()
  const [command, ...copies] = positionals
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  if (command === 'restore') {
    const { restoreCommand } = await import('./restore-command.js')
    process.stdout.write(await restoreCommand({ copies, config: values.config, store: values.store }))
    return
  }
  if (command !== undefined) throw new StartFault(`parley-gateway: found "${command}"; wanted is nothing or "restore"`)
  if (values.store !== undefined) throw new StartFault('--store: found without "restore"; wanted is "store" in the configuration')
  await serve(values.config)
}

async function serve(config: string | undefined): Promise<void> {
  const log = createLog(process.env.LOG_LEVEL)
  const written = await readWritten(config)
  const gateway = createGateway(withPort(written), { log })
  process.on('uncaughtException', (thrown) => {
    // What the process holds can no longer be trusted; whoever runs it starts it again, and clients resume.
    log.error({ reason: reasonOf(thrown), stack: thrown instanceof Error ? thrown.stack : undefined }, 'the gateway failed')
    process.exit(1)
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping')
      gateway.stop().then(
        () => process.exit(0),
        (thrown: unknown) => {
          log.error({ reason: reasonOf(thrown) }, 'the gateway did not stop in good order')
          process.exit(1)
        }
      )
    })
  }
  const { url } = await gateway.start()
  process.stdout.write(`${url}\n`)
}

/** A configuration counts before the variables of a Labb Chat Hook: whoever wrote one means it. */
async function readWritten(path: string | undefined): Promise<unknown> {
  const folder = process.cwd()
  const isDropIn = path === undefined && findConfigFile(folder) === undefined && namesLabbChatHook(process.env)
  return isDropIn ? labbChatHookConfig(process.env) : loadConfigFile(path, folder)
}

function readArguments() {
  try {
    return parseArgs({ options: { config: { type: 'string' }, store: { type: 'string' }, help: { type: 'boolean' } }, allowPositionals: true })
  } catch (thrown) {
    throw new StartFault(`parley-gateway: ${reasonOf(thrown).split('\n')[0]}`)
  }
}

function withPort(written: unknown): unknown {
  const port = process.env.PORT
  return port && typeof written === 'object' && written !== null ? { ...written, port } : written
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof StartFault ? thrown.message : String(thrown instanceof Error ? thrown.stack : thrown)}\n`)
  process.exit(1)
})
