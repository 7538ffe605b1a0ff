import type { ConnectorPort, ConnectorRequest, ConnectorResponse, Recorded, RunRecord } from '@parley/engine'
import { NOT_FOUND, NOT_JSON, OK, WRONG_METHOD } from './answers.js'
import type { OihConfig } from './config.js'
import { type Callback, readCallback, readEnvelope, readJsonBody } from './inbound.js'
import { accountMark, readRunNotes } from './notes.js'
import { offerAuth } from './outbound.js'
import { resultParts } from './result-parts.js'
import { createSerial } from '../serial.js'
import type { SignIn } from './sign-in.js'
import { findCallbackRun, readCallbackPath } from './verify.js'

/** The door where flows call back. It answers when what they said is on disk. */
export function createCallbacks(port: ConnectorPort, config: OihConfig, signIn: SignIn): (request: ConnectorRequest) => Promise<ConnectorResponse> {
  const serial = createSerial()

  return async (request) => {
    const path = readCallbackPath(request.path)
    if (!path) return NOT_FOUND
    if (request.method !== 'POST') return WRONG_METHOD
    const body = readJsonBody(request.body)
    if (body === undefined) return NOT_JSON
    const envelope = readEnvelope(body)
    const run = await findCallbackRun(port, config, path, request, envelope)
    if (!run) return NOT_FOUND
    const callback = readCallback(envelope.content, run.command === 'auth')
    const recorded = await serial(run.run, () => carryOut(run, callback))
    return recorded === 'ended' ? NOT_FOUND : OK
  }

  async function carryOut(run: RunRecord, callback: Callback): Promise<Recorded> {
    switch (callback.kind) {
      case 'progress': {
        const { kind: _, ...progress } = callback
        return port.run.progress(run.run, progress)
      }
      case 'failed':
        return fail(run, callback)
      case 'signIn':
        return signIn.request(run, callback.url)
      case 'result':
        return port.run.finish(run.run, resultParts(callback.value))
      default:
        return callback satisfies never
    }
  }

  async function fail(run: RunRecord, { text, isAccountGone }: Callback & { readonly kind: 'failed' }): Promise<Recorded> {
    const account = isAccountGone ? await port.link.account(run.visitor) : null
    // Only the account that this run used: the visitor may have connected another one meanwhile.
    if (!account || readRunNotes(run.notes).account !== accountMark(port, account.credential)) {
      return port.run.fail(run.run, { reason: 'failed', text: `${text} (Run ${run.run}.)` })
    }
    await port.link.forget(run.visitor)
    port.log.info({ inbox: port.inbox, run: run.run }, 'account forgotten: the partner no longer takes it')
    return port.run.fail(run.run, {
      reason: 'failed',
      text: `Your account is no longer accepted, so it was disconnected.${offerAuth(config)} (Run ${run.run}: ${text})`
    })
  }
}
