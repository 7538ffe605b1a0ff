import type { Check } from '../check.js'
import { ANSWER_CHECKS } from './answer-checks.js'
import { BODY_CHECKS } from './body-checks.js'
import type { BotContext } from './bot-context.js'
import { LAST_CHECKS } from './last-checks.js'
import { MANIFEST_CHECKS } from './manifest-checks.js'
import { SIGNATURE_CHECKS } from './signature-checks.js'

/** All that a webhook bot is held to, in order. */
export const BOT_CHECKS: readonly Check<BotContext>[] = [...ANSWER_CHECKS, ...SIGNATURE_CHECKS, ...BODY_CHECKS, ...MANIFEST_CHECKS, ...LAST_CHECKS]
