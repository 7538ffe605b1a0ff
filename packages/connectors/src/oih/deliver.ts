import type { EventOf, RunId } from '@parley/protocol'
import { type ConnectorPort, type Delivery, DeliveryFault } from '@parley/engine'
import { helpPart } from './commands.js'
import type { OihConfig } from './config.js'
import { failureOf, type Hints } from './errors.js'
import { callHook } from './hook.js'
import { accountMark } from './notes.js'
import { type Addresses, planCall } from './outbound.js'
import type { PlatformToken } from './platform/token.js'
import type { Flows } from './flows/index.js'
import type { SignIn } from './sign-in.js'

/** Events on their way to the platform: commands become hooks, words get a hint at the commands. */
export function createDeliver(
  port: ConnectorPort,
  config: OihConfig,
  { token, signIn, flows }: { readonly token: PlatformToken; readonly signIn: SignIn; readonly flows: Flows | null }
): (delivery: Delivery) => Promise<void> {
  const { run } = port

  return async (delivery) => {
    const { event } = delivery
    if (event.type === 'run.started') await deliverRun(delivery, event)
    else if (event.type === 'message.created' && event.author.role === 'visitor') {
      await port.append({ conversation: delivery.conversation, externalId: `help:${event.messageId}`, parts: [helpPart(config)] })
    }
  }

  async function deliverRun(delivery: Delivery, { body: order }: EventOf<'run.started'>): Promise<void> {
    if (flows && (await flows.deliver(delivery, order))) return
    // Fetched by the visitor of this very delivery: nobody's command travels with another's account.
    const account = await port.link.account(delivery.visitor)
    const planned = planCall(config, order, addressesOf(order.run), account?.credential ?? null)
    if (!planned.ok) {
      await run.fail(order.run, planned.failure)
      return
    }
    const state = await token.current()
    if (state.kind === 'unreachable')
      throw new DeliveryFault(`${config.partner} cannot be reached at the moment, so nothing was run (run ${order.run}).`, { retry: true })
    if (state.kind === 'refused') {
      await run.fail(order.run, {
        reason: 'refused',
        text: `${config.partner} does not accept this chat's own sign-in, so nothing was run (run ${order.run}).`
      })
      return
    }
    if (account && planned.call.hasAccount) await run.note(order.run, { account: accountMark(port, account.credential) })
    await delivery.markSent()
    const outcome = await callHook(port, planned.call, token, state, config.postTimeoutMs)
    if (outcome.kind === 'accepted') await run.accept(order.run)
    else {
      port.log.warn(
        { inbox: port.inbox, run: order.run, flow: planned.call.flow, outcome: outcome.kind, status: outcome.kind === 'status' ? outcome.status : null },
        'hook was not taken'
      )
      await run.fail(order.run, failureOf(outcome, config.partner, order.run, hintsOf(planned.call.flow)))
    }
  }

  function hintsOf(flow: string): Hints {
    const isSigned = config.signatures.has(flow.toLowerCase())
    return {
      missing: config.flowsUrl === undefined ? '' : `; /flow status ${flow} tells which`,
      forbidden: isSigned
        ? ': it did not take the signature'
        : `: its account needs the permission webhooks.execute at ${config.partner}, and the flow must be its own`
    }
  }

  function addressesOf(id: RunId): Addresses {
    return {
      replyUrl: `${port.publicUrl}/hooks/${encodeURIComponent(port.inbox)}/runs/${id}`,
      replyToken: run.replyToken(id),
      successUrl: signIn.successUrl(id),
      secretName: `parley-${port.inbox}`
    }
  }
}
