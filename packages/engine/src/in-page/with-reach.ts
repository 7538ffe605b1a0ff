import type { Connector } from '../connector.js'

/** The same connector; what it tells about its outside goes to the page. */
export function withReach(connector: Connector, onReachable: (isReachable: boolean) => void): Connector {
  return {
    get capabilities() {
      return connector.capabilities
    },
    get commands() {
      return connector.commands
    },
    start: (port) => connector.start({ ...port, reachable: onReachable }),
    deliver: (delivery) => connector.deliver(delivery),
    stop: () => connector.stop(),
    ...(connector.typing && { typing: (typing) => connector.typing?.(typing) }),
    ...(connector.complete && { complete: async (request) => (await connector.complete?.(request)) ?? [] }),
    ...(connector.identify && { identify: (token) => askWhom(connector, token) })
  }
}

function askWhom(connector: Connector, token: string): ReturnType<NonNullable<Connector['identify']>> {
  if (!connector.identify) return Promise.reject(new Error('the connector has no identify()'))
  return connector.identify(token)
}
