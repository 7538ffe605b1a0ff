import { openBotContext } from './bot/bot-context.js'
import { BOT_CHECKS } from './bot/bot-checks.js'
import { createChance } from './chance.js'
import type { Outcome } from './check.js'
import { chooseChecks } from './choose-checks.js'
import { findKind, reach } from './find-kind.js'
import { GATEWAY_CHECKS } from './gateway/gateway-checks.js'
import { openGatewayContext } from './gateway/gateway-context.js'
import type { Options } from './options.js'
import { type Kind, makeReport, type Report } from './report.js'
import { runChecks } from './run-checks.js'

export type Progress = {
  /** What is there, and how many checks it is held to. */
  onStart?(kind: Kind, checks: number): void
  onOutcome?(outcome: Outcome): void
}

/**
 * Proves what is at the address from outside.
 * @throws CannotProve when nothing could be tried: nobody answers, or there is no entering
 */
export async function prove(options: Options, { onStart = () => {}, onOutcome = () => {} }: Progress = {}): Promise<Report> {
  const { url, seed } = options
  if (options.kind !== null) await reach(url, options.timeoutMs)
  const kind = options.kind ?? (await findKind(options))
  const outcomes = kind === 'bot' ? await proveBot() : await proveGateway()
  return makeReport({ url, kind, seed }, outcomes)

  function isThere(): Promise<boolean> {
    return reach(url, options.timeoutMs).then(
      () => true,
      () => false
    )
  }

  async function proveBot(): Promise<readonly Outcome[]> {
    const checks = chooseChecks(BOT_CHECKS, options.only)
    const context = await openBotContext(options, createChance(seed))
    onStart(kind, checks.length)
    return runChecks(checks, context, { onOutcome, isThere }).finally(() => context.close())
  }

  async function proveGateway(): Promise<readonly Outcome[]> {
    const checks = chooseChecks(GATEWAY_CHECKS, options.only)
    const context = await openGatewayContext(options, createChance(seed))
    onStart(kind, checks.length)
    return runChecks(checks, context, { onOutcome, isThere }).finally(() => context.close())
  }
}
