import * as v from 'valibot'
import type { Environment } from '../config-env.js'
import { origin } from '../config-schema.js'
import { type StartFault, startFault } from '../start-fault.js'

/** What the variables of a Labb Chat Hook mean as a configuration of this gateway. */

/** Labb Chat Hook listens there and nowhere else. */
const PORT = 5600
const VARIABLES = ['ALLOWED_ORIGIN', 'DMS_URL', 'JWT_ISSUER', 'JWT_SECRET'] as const

/** Does anybody want a Labb Chat Hook here? One of its variables is enough to say so; what is missing is a mistake then. */
export const namesLabbChatHook = (environment: Environment): boolean => VARIABLES.some((name) => isSet(environment[name]))

/**
 * The configuration of a gateway that stands in for a Labb Chat Hook. What is secret stands in it as `env:NAME`.
 * @throws StartFault in one line that names the variable
 */
export function labbChatHookConfig(environment: Environment) {
  const origins = readOrigins(environment.ALLOWED_ORIGIN)
  wantAddress(environment.DMS_URL)
  wantText(environment, 'JWT_ISSUER', /^[\x21-\x7e]{1,200}$/, 'the connection id that Pega Digital Messaging shows')
  wantText(environment, 'JWT_SECRET', /^[\s\S]{1,4096}$/, 'the JWT secret that Pega Digital Messaging shows')
  const trustCustomerId = isSwitched(environment, 'LCH_TRUST_CUSTOMER_ID', '1', 'every customer number is to be believed')
  // Hosts that end TLS for their guests stand in front of all of them.
  const trustProxy = isSwitched(environment, 'PARLEY_TRUST_PROXY', '1', 'a proxy stands in front, which names the clients’ addresses')
  const webhookAuth = !isSwitched(environment, 'LCH_WEBHOOK_AUTH', 'off', 'Pega sends no token')
  const dms = { url: 'env:DMS_URL', issuer: 'env:JWT_ISSUER', secret: 'env:JWT_SECRET', webhookAuth }
  return {
    port: readPort(environment.PORT),
    host: '0.0.0.0',
    trustProxy,
    store: isSet(environment.PARLEY_STORE) ? 'env:PARLEY_STORE' : 'sqlite:./parley.db',
    origins,
    inboxes: {
      pega: { connector: 'pega-dms', ...dms },
      'labb-chat-hook': { connector: 'labb-chat-hook', ...dms, trustCustomerId }
    }
  }
}

const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== ''

/** Without it a Labb Chat Hook lets every page in; here nobody says that by leaving something out. */
function readOrigins(value: string | undefined): readonly string[] {
  const wanted = 'the exact origins of the pages that may use the chat, with commas between them'
  if (!isSet(value)) throw startFault('ALLOWED_ORIGIN', 'nothing', wanted)
  const found = value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  if (found.length === 0) throw startFault('ALLOWED_ORIGIN', JSON.stringify(value), wanted)
  for (const one of found) {
    const read = v.safeParse(origin, one)
    if (!read.success) throw startFault('ALLOWED_ORIGIN', JSON.stringify(one.slice(0, 100)), read.issues[0].message)
  }
  return found
}

function wantAddress(value: string | undefined): void {
  const wanted = 'the web address that Pega Digital Messaging shows for the connection'
  if (!isSet(value)) throw startFault('DMS_URL', 'nothing', wanted)
  // Not quoted: whoever mixes up two variables has a secret here.
  if (!isPlainAddress(value)) throw startFault('DMS_URL', `${lengthOf(value)} that is none`, wanted)
}

const isPlainAddress = (value: string): boolean => {
  if (!URL.canParse(value)) return false
  const { protocol, username, password, hash } = new URL(value)
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === ''
}

function wantText(environment: Environment, name: (typeof VARIABLES)[number], shape: RegExp, wanted: string): void {
  const value = environment[name]
  if (!isSet(value)) throw startFault(name, 'nothing', wanted)
  if (!shape.test(value)) throw startFault(name, lengthOf(value), wanted)
}

function isSwitched(environment: Environment, name: string, on: string, meaning: string): boolean {
  const value = environment[name]
  if (!isSet(value)) return false
  if (value !== on) throw wrongSwitch(name, value, `${JSON.stringify(on)} if ${meaning}, else nothing`)
  return true
}

const wrongSwitch = (name: string, value: string, wanted: string): StartFault => startFault(name, JSON.stringify(value.slice(0, 40)), wanted)

function readPort(value: string | undefined): number {
  if (!isSet(value)) return PORT
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw startFault('PORT', JSON.stringify(value.slice(0, 40)), 'a port, a whole number from 0 to 65535')
  return Number(value)
}

const lengthOf = (value: string): string => `a text of ${value.length} characters`
