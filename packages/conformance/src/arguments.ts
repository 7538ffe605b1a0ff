import { parseArgs } from 'node:util'
import { readSecret, SECRET_WANTED } from '@parley/connectors/webhook-wire'
import { CannotProve, type Options } from './options.js'
import type { Kind } from './report.js'

export type Arguments = { readonly help: true } | { readonly help: false; readonly options: Options; readonly jsonFile: string | null }

export const USAGE = `Usage: parley-conformance <url> [options]

Proves from outside that a webhook bot or a Parley gateway at <url> does what it must.

  --kind bot|gateway   what is there; default: found out
  --seed <number>      repeats what was tried
  --timeout <seconds>  how long any answer may take, 1 to 15; default 10
  --only <ids>         some checks, and those that they need: signature,answer.in-time for example
  --json <file>        writes the report there

A webhook bot:
  --secret <secret>    the signing secret; better in the environment, as PARLEY_WEBHOOK_SECRET
  --manifest <url>     the bot's manifest, and with it its commands
  --callback-host <host>  where this machine listens for the bot's calls; default 127.0.0.1
  --callback-port <port>  default: one that is free
  --callback-url <url>    how the bot reaches that, when not as http://<host>:<port>

A gateway:
  --inbox <name>       an inbox that anybody may enter; default support
  --origin <origin>    a page that the gateway lets in, https://www.example.com for example

Ends with 0 when all rules hold, with 1 when one does not, with 2 when nothing could be proved.`

const FLAGS = {
  kind: { type: 'string' },
  secret: { type: 'string' },
  manifest: { type: 'string' },
  'callback-host': { type: 'string' },
  'callback-port': { type: 'string' },
  'callback-url': { type: 'string' },
  inbox: { type: 'string' },
  origin: { type: 'string' },
  json: { type: 'string' },
  only: { type: 'string' },
  seed: { type: 'string' },
  timeout: { type: 'string' },
  help: { type: 'boolean' }
} as const

/**
 * The arguments of the command line.
 * @param chosenSeed is taken when none is given
 * @throws CannotProve in one line that names what was found and what is wanted
 */
export function readArguments(given: readonly string[], environment: Readonly<Record<string, string | undefined>>, chosenSeed: number): Arguments {
  const { values, positionals } = parsed(given)
  if (values.help) return { help: true }
  const [url, ...more] = positionals
  if (url === undefined)
    throw new CannotProve('There is no address: parley-conformance <url>, https://bot.example.com/chat for example. --help tells the rest.')
  if (more.length > 0) throw new CannotProve(`Found ${positionals.length} addresses, wanted one.`)
  const secret = values.secret ?? environment['PARLEY_WEBHOOK_SECRET'] ?? null
  return {
    help: false,
    jsonFile: values.json ?? null,
    options: {
      url: webAddress('the address', url),
      kind: readKind(values.kind),
      seed: whole('--seed', values.seed, { least: 0, most: 4_294_967_295, otherwise: chosenSeed }),
      timeoutMs: 1_000 * whole('--timeout', values.timeout, { least: 1, most: 15, otherwise: 10 }),
      only: values.only === undefined ? null : values.only.split(',').map((name) => name.trim()),
      bot: {
        secret: secret === '' || secret === null ? null : readSigningSecret(secret),
        manifestUrl: values.manifest === undefined ? null : webAddress('--manifest', values.manifest),
        callback: {
          host: values['callback-host'] ?? '127.0.0.1',
          port: whole('--callback-port', values['callback-port'], { least: 0, most: 65_535, otherwise: 0 }),
          url: values['callback-url'] === undefined ? null : webAddress('--callback-url', values['callback-url'])
        }
      },
      gateway: { inbox: readInbox(values.inbox ?? 'support'), origin: values.origin === undefined ? null : readOrigin(values.origin) }
    }
  }
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({ args: [...given], options: FLAGS, allowPositionals: true })
  } catch (thrown) {
    const [sentence] = (thrown instanceof Error ? thrown.message : String(thrown)).split('. ')
    throw new CannotProve(`${sentence}. --help tells what there is.`)
  }
}

function webAddress(name: string, text: string): string {
  const address = URL.canParse(text) ? new URL(text) : null
  if (!address || !/^https?:$/.test(address.protocol) || address.username !== '' || address.password !== '' || address.hash !== '')
    throw new CannotProve(`${name}: found ${JSON.stringify(text)}, wanted an http or https address without user name or fragment.`)
  return text.replace(/\/+$/, '')
}

/** Never told, not even when it is wrong. */
function readSigningSecret(text: string): string {
  if (readSecret(text) !== null) return text
  throw new CannotProve(`--secret or PARLEY_WEBHOOK_SECRET: found a text of ${text.length} characters, wanted ${SECRET_WANTED}.`)
}

function readKind(text: string | undefined): Kind | null {
  if (text === undefined || text === 'bot' || text === 'gateway') return text ?? null
  throw new CannotProve(`--kind: found ${JSON.stringify(text)}, wanted bot or gateway.`)
}

function whole(name: string, text: string | undefined, { least, most, otherwise }: { least: number; most: number; otherwise: number }): number {
  if (text === undefined) return otherwise
  const found = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (found >= least && found <= most) return found
  throw new CannotProve(`${name}: found ${JSON.stringify(text)}, wanted a whole number from ${least} to ${most}.`)
}

function readInbox(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,31}$/.test(text)) return text
  throw new CannotProve(`--inbox: found ${JSON.stringify(text)}, wanted the name of an inbox: small letters, digits and dashes, 32 at most.`)
}

function readOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null'
  if (origin === text && origin !== 'null') return text
  throw new CannotProve(
    `--origin: found ${JSON.stringify(text)}, wanted the exact origin of a page${origin === 'null' ? ', https://www.example.com for example' : `: ${origin}`}.`
  )
}
