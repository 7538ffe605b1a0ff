import type { BucketSize } from '@parley/engine'
import type { GatewayConfig } from './config.js'

type Limits = GatewayConfig['limits']

/** A visitor with several devices may be busy on two of them at once. */
const CONNECTIONS_OF_A_VISITOR = 2
/** An office or a school sits behind one address: a quarter of the connections that it may hold by default, all busy at once. */
const CONNECTIONS_OF_AN_ADDRESS = 50

/** What one visitor may send, over all connections. */
export const visitorLimit = ({ messagesPerSecond, burst, messagesPerSecondPerVisitor, burstPerVisitor }: Limits): BucketSize => ({
  perSecond: messagesPerSecondPerVisitor ?? CONNECTIONS_OF_A_VISITOR * messagesPerSecond,
  burst: burstPerVisitor ?? CONNECTIONS_OF_A_VISITOR * burst
})

/** What may come from one address. */
export const addressLimit = ({ messagesPerSecond, burst, messagesPerSecondPerIp, burstPerIp }: Limits): BucketSize => ({
  perSecond: messagesPerSecondPerIp ?? CONNECTIONS_OF_AN_ADDRESS * messagesPerSecond,
  burst: burstPerIp ?? CONNECTIONS_OF_AN_ADDRESS * burst
})
