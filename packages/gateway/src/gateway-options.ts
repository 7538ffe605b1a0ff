import type { Log } from '@parley/engine'
import type { Environment } from './config-env.js'
import type { Registry } from './inboxes.js'

/** What a program that runs a gateway may decide besides its configuration. */
export type GatewayOptions = {
  /** Holds `parley.js` and `assets/`. Default: where npm put `@parley/widget`. */
  readonly widgetDir?: string
  /** How long a browser may keep `/parley.js`, in seconds. Default 300, which is also the most; 0 while it is being worked on. */
  readonly loaderMaxAgeS?: number
  /** Default: lines of JSON on the standard output, at the level of `LOG_LEVEL`. */
  readonly log?: Log
  /** What `env:NAME` refers to. Default: the environment of the process. */
  readonly environment?: Environment
  /** Connectors by name. Default: those of `@parley/connectors`. */
  readonly connectors?: Registry
}
