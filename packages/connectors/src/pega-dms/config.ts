import type { ConfigResult } from '../module.js'
import { readBySchema } from '../read-config.js'
import { configSchema } from './config-schema.js'

/** The configuration of a `pega-dms` inbox, with its defaults filled in. */
export type PegaDmsConfig = {
  /** The whole address that Pega shows for the connection; nothing is put behind it. */
  readonly url: string
  /** The connection's id: `iss` of the tokens both ways, and the header `connection_id`. */
  readonly issuer: string
  readonly secret: string
  /** How the other side is called in the chat, as long as nobody gives a name of their own. */
  readonly name: string
  /** Goes with the first thing that is said in a conversation, as `context_data`. */
  readonly context: Readonly<Record<string, string>>
  /** `false`: whoever reaches the webhook is believed. */
  readonly webhookAuth: boolean
}

export function readConfig(value: unknown): ConfigResult<PegaDmsConfig> {
  const read = readBySchema(configSchema, value, ['secret'])
  if (!read.ok) return read
  const { connector: _, ...config } = read.value
  return { ok: true, value: config }
}
