import { parseArgs } from 'node:util'
import { reasonOf } from '@parley/engine'
import { loadConfigFile } from './config-file.js'
import { createGateway } from './gateway.js'
import { createLog } from './log.js'
import { StartFault } from './start-fault.js'

const HELP = `parley-gateway [--config parley.config.js|json]

  --config  the configuration; without it parley.config.js, .mjs or .json in this folder
  --help    this text

  PORT       overrides "port"
  LOG_LEVEL  debug, info, warn, error or silent
`

/** The executable: reads the configuration, runs the gateway until it is told to stop. */
async function main(): Promise<void> {
  const { values } = readArguments()
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const log = createLog(process.env.LOG_LEVEL)
  const written = await loadConfigFile(values.config, process.cwd())
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

function readArguments() {
  try {
    return parseArgs({ options: { config: { type: 'string' }, help: { type: 'boolean' } } })
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
