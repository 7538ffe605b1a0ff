import type { ConnectorModule } from '../module.js'

/** `lch` in the configuration of a gateway: it has nothing to do there, and the operator is told what has. */
export const lchInPageOnly: ConnectorModule<never> = {
  readConfig: () => ({
    ok: false,
    key: 'connector',
    found: '"lch"',
    wanted: '"labb-chat-hook" or "pega-dms": lch is for pages without a gateway, see @parley/connectors/lch'
  }),
  create(config) {
    throw new TypeError(`There is no configuration of lch, and ${JSON.stringify(config)} is none.`)
  }
}
