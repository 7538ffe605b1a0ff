import * as v from 'valibot'
import { type AuditConfig, readAudit } from './audit/config.js'
import { configSchema, INBOX_NAME, KNOWN_KEYS, SECRET_KEYS, WANTED, type WrittenConfig } from './config-schema.js'
import type { IdentityConfig } from './identity-token.js'
import { type Environment, hideTaken, resolveEnvironment } from './config-env.js'
import { describeFound, unknownKey } from './config-text.js'
import { StartFault, startFault } from './start-fault.js'

/** A gateway's configuration, checked and with its defaults filled in. */
export type GatewayConfig = Omit<WrittenConfig, 'inboxes' | 'publicUrl' | 'secret' | 'home' | 'identity' | 'metrics' | 'audit'> & {
  /** `null`: `http://localhost:<port>`, once the port is known. */
  readonly publicUrl: string | null
  /** `null`: made once and kept in the store. */
  readonly secret: string | null
  /** `null`: visitors are known by a key of their browser only. */
  readonly identity: IdentityConfig | null
  /** What whoever reads `/metrics` sends along. `null`: only this machine may read it. */
  readonly metricsToken: string | null
  /** `null`: no audit records are made. */
  readonly audit: AuditConfig | null
  /** Where `/` leads. */
  readonly home: string | null
  readonly inboxes: readonly InboxConfig[]
  /** What came from the environment, by the variable's name: to be kept out of messages. */
  readonly taken: ReadonlyMap<string, string>
}
/** `settings`: the whole section as it was written, for the connector to read. */
export type InboxConfig = { readonly name: string; readonly connector: string; readonly settings: unknown }

/**
 * Reads what an operator wrote.
 * @throws StartFault at the first mistake, in one line that names the key, what was found and what is wanted
 */
export function readConfig(written: unknown, environment: Environment): GatewayConfig {
  const { value, taken } = resolveEnvironment(written, environment)
  try {
    return { ...checkConfig(value), taken }
  } catch (thrown) {
    if (thrown instanceof StartFault) throw new StartFault(hideTaken(thrown.message, taken))
    throw thrown
  }
}

function checkConfig(value: unknown): Omit<GatewayConfig, 'taken'> {
  const parsed = v.safeParse(configSchema, value, { abortEarly: true })
  if (!parsed.success) throw faultOf(parsed.issues[0])
  const { inboxes, publicUrl, secret, home, identity, metrics, audit, ...rest } = parsed.output
  const names = Object.entries(inboxes ?? {})
  if (names.length === 0) throw startFault('inboxes', describeFound(inboxes, false), WANTED.inboxes)
  return {
    ...rest,
    publicUrl: publicUrl ?? null,
    secret: secret ?? null,
    home: home ?? null,
    identity: identity ?? null,
    metricsToken: metrics?.token ?? null,
    audit: audit ? readAudit(audit) : null,
    inboxes: names.map(([name, settings]) => readInbox(name, settings))
  }
}

function readInbox(name: string, settings: { readonly connector?: string | undefined }): InboxConfig {
  if (!INBOX_NAME.test(name)) throw startFault(`inboxes.${name}`, `the name ${JSON.stringify(name)}`, WANTED.inboxName)
  if (!settings.connector) throw startFault(`inboxes.${name}.connector`, describeFound(settings.connector, false), WANTED.connector)
  return { name, connector: settings.connector, settings }
}

function faultOf(issue: v.InferIssue<typeof configSchema>): StartFault {
  const path = v.getDotPath(issue) ?? ''
  const above = path.split('.').slice(0, -1).join('.')
  if (issue.type === 'strict_object' && issue.expected === 'never') return unknownKey(path, KNOWN_KEYS[above] ?? [])
  return startFault(path || 'the configuration', describeFound(issue.input, SECRET_KEYS.has(path)), issue.message)
}
