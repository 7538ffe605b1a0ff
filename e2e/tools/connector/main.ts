/**
 * The connector kit: `new <name>` copies the template into packages/connectors/src and registers it, `new <folder>` copies
 * it anywhere; `check <folder>` holds a folder to the shape and the contract of connectors.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkConnector } from './check-connector.js'
import { newConnector } from './new-connector.js'

const CONNECTORS = fileURLToPath(new URL('../../../packages/connectors/src', import.meta.url))
const USAGE = `Usage: npm run connector -- new <name>       a new connector beside the others: my-bot
       npm run connector -- new <folder>     … in a folder of its own: ../my-bot
       npm run connector -- check <folder>   holds one to its contract: packages/connectors/src/my-bot, ../my-bot`

const [verb, what, ...more] = process.argv.slice(2)
const print = (line: string): void => console.log(line)

async function run(): Promise<number> {
  if (what !== undefined && more.length === 0) {
    if (verb === 'check') return checkConnector(resolve(what), CONNECTORS, print)
    if (verb === 'new') return newConnector(/[\\/]/.test(what) ? { kind: 'outside', folder: resolve(what) } : { kind: 'inside', name: what }, CONNECTORS, print)
  }
  print(`Found ${JSON.stringify(process.argv.slice(2).join(' '))}, wanted one verb and one name or folder.\n${USAGE}`)
  return 2
}

process.exitCode = await run()
