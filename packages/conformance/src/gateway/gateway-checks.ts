import type { Check } from '../check.js'
import { FRAME_CHECKS } from './frame-checks.js'
import type { GatewayContext } from './gateway-context.js'
import { HTTP_CHECKS } from './http-checks.js'
import { LOG_CHECKS } from './log-checks.js'
import { NEIGHBOUR_CHECKS } from './neighbour-checks.js'
import { ORIGIN_CHECKS } from './origin-checks.js'
import { RESUME_CHECKS } from './resume-checks.js'
import { RIGHTS_CHECKS } from './rights-checks.js'
import { SDK_CHECKS } from './sdk-checks.js'

const [WELCOME, ...RESUME] = RESUME_CHECKS

/** All that a gateway is held to, in order: each may build on what holds before it. */
export const GATEWAY_CHECKS: readonly Check<GatewayContext>[] = [
  ...HTTP_CHECKS,
  ...ORIGIN_CHECKS,
  ...(WELCOME ? [WELCOME] : []),
  ...LOG_CHECKS,
  ...RESUME,
  ...RIGHTS_CHECKS,
  ...FRAME_CHECKS,
  ...SDK_CHECKS,
  ...NEIGHBOUR_CHECKS
]
