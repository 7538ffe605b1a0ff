import type { Connector } from '@parley/engine'

/** One kind of connector: reads its part of the gateway's configuration, and makes a connector of it. */
export interface ConnectorModule<Config = unknown> {
  /** @param value the inbox's section of the configuration, as it was written */
  readConfig(value: unknown): ConfigResult<Config>
  /** @param config what `readConfig` returned */
  create(config: Config): Connector
}

/** A configuration, or the first thing that is wrong with it: enough for one line of complaint. Secrets are never in `found`. */
export type ConfigResult<Config> =
  | { readonly ok: true; readonly value: Config }
  | { readonly ok: false; readonly key: string; readonly found: string; readonly wanted: string }
