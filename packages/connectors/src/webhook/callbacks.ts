import type { ConversationId, RunId } from '@parley/protocol'
import type { ConnectorPort, ConnectorRequest, ConnectorResponse, FoundConversation } from '@parley/engine'
import { createSerial } from '../serial.js'
import { malformed, NO_CONVERSATION, NO_RUN, NOT_FOUND, OK, OVER, STARTED, unsigned, WRONG_METHOD } from './answers.js'
import type { CarryOut } from './carry-out.js'
import type { WebhookConfig } from './config.js'
import { type BotCallback, partsOfResult, readCallback } from './inbound.js'
import { readJson } from './judge.js'
import type { Reports } from './report.js'
import { createSeenIds } from './seen-ids.js'
import { type Verified, verifyWebhook } from './signature.js'

type Signed = Verified & { readonly ok: true }
type Door = (request: ConnectorRequest) => Promise<ConnectorResponse>

/** `refresh` fetches the manifest again; absent where there is none. */
type Ways = { readonly carryOut: CarryOut; readonly reports: Reports; readonly refresh?: (() => void) | undefined }

/** The door where the bot calls. It answers when what it said is on disk. */
export function createCallbacks(port: ConnectorPort, config: WebhookConfig, { carryOut, reports, refresh }: Ways): Door {
  const serial = createSerial()
  const seen = createSeenIds()

  return async (request) => {
    const { door, path, method, headers, body } = request
    // Without a secret nobody can tell who calls.
    const isKnown = path === 'callback' || (path === 'manifest' && refresh !== undefined)
    if (door !== 'hooks' || config.secrets.length === 0 || !isKnown) return NOT_FOUND
    if (method !== 'POST') return WRONG_METHOD
    const verified = await verifyWebhook(config.secrets, { headers, body, now: port.clock.now() })
    if (!verified.ok) {
      port.log.debug({ inbox: port.inbox, why: verified.text }, 'a call was not signed as wanted')
      return unsigned(verified.text)
    }
    if (path === 'callback') return callback(verified, body)
    refresh?.()
    return STARTED
  }

  async function callback(signed: Signed, body: Uint8Array): Promise<ConnectorResponse> {
    const value = readJson(new TextDecoder().decode(body))
    if (value === undefined) return malformed('The body must be JSON.')
    const read = readCallback(value)
    if (!read.ok) return malformed(read.text)
    const called = read.value
    const found = await port.conversation.find(called.conversation)
    if (!found) return NO_CONVERSATION
    // One after another, so that the same call that comes twice at once is carried out once.
    return serial(found.id, () => once(signed, called, found))
  }

  async function once(signed: Signed, called: BotCallback, found: FoundConversation): Promise<ConnectorResponse> {
    if (seen.has(signed.id, port.clock.now())) return OK
    const answer = await carry(signed, called, found)
    // What could not be carried out may come again under its id.
    if (answer.status < 300) seen.add(signed.id, port.clock.now())
    return answer
  }

  async function carry(signed: Signed, called: BotCallback, { id: conversation, isOpen }: FoundConversation): Promise<ConnectorResponse> {
    if (called.run && !(await belongs(called.run, called.conversation, conversation))) return NO_RUN
    if (!called.run && called.progress) return malformed('"progress" is of a command: "run" is wanted beside it')
    const key = `callback:${signed.id}`
    if (!isOpen) return called.run && (await reports.isEndedBy(called.run, key)) ? OK : OVER
    const result = partsOfResult(called)
    if (called.run && !result) return malformed('"messages" hold more than the result of one run can: 100 parts, 200000 characters as JSON')
    const target = { conversation, run: called.run ?? null, key, toldAt: signed.timestamp }
    const recorded = await carryOut(target, called, result ?? [])
    return recorded === 'ended' ? OVER : OK
  }

  async function belongs(id: RunId, asked: ConversationId, stands: ConversationId): Promise<boolean> {
    const run = await port.run.find(id)
    return run !== null && (run.conversation === asked || run.conversation === stands)
  }
}
