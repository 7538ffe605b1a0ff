/** The version of the wire this package describes. A gateway serves it and the two minor versions before it. */
export const PROTOCOL_VERSION = 1
