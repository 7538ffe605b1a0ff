import type { ConnectorPort, ConnectorRequest, ConnectorResponse } from '@parley/engine'
import type { Json, Part } from '@parley/protocol'
import { NOT_FOUND, NOT_JSON, OK, WRONG_METHOD } from '../answers.js'
import type { OihConfig } from '../config.js'
import { readJsonBody } from '../inbound.js'
import { FLOW_ID, TOKEN_HEADER } from '../types.js'
import { readFlowResult, resultText } from './result.js'
import { readWatchState } from './watch-decision.js'
import type { Watches } from './watch.js'

/** The flow that a path is about: `flows/<flow id>`. */
export function readResultPath(path: string): string | null {
  const [, flow] = /^flows\/([^/]+)$/.exec(path) ?? []
  return flow !== undefined && FLOW_ID.test(flow) ? flow.toLowerCase() : null
}

/** The door where flows that nobody called, scheduled ones above all, leave their results: for every chat that watches them. */
export function createResultsDoor(
  port: ConnectorPort,
  { resultsToken, allow }: Pick<OihConfig, 'resultsToken' | 'allow'>,
  watches: Pick<Watches, 'of'>
): (flow: string, request: ConnectorRequest) => Promise<ConnectorResponse> {
  return async (flow, request) => {
    if (request.method !== 'POST') return WRONG_METHOD
    // The hashes of both are compared: equal lengths then, whatever was sent.
    const isKnown = resultsToken !== undefined && port.equal(hash(resultsToken), hash(request.headers[TOKEN_HEADER] ?? ''))
    if (!isKnown || (allow && !allow.includes(flow))) return NOT_FOUND
    const body = readJsonBody(request.body)
    if (body === undefined) return NOT_JSON
    await bring(flow, body, request.body)
    return OK
  }

  function hash(token: string): string {
    return port.sign('oih results', token)
  }

  async function bring(flow: string, body: Json, raw: Uint8Array): Promise<void> {
    const result = readFlowResult(body)
    const key = result.id === null ? `${minuteOf(port.clock.now())} ${port.sign('oih result', new TextDecoder().decode(raw))}` : `id ${result.id}`
    const told = new Set<string>()
    for (const { conversation, notes } of await watches.of(flow)) {
      if (told.has(conversation)) continue
      told.add(conversation)
      const head: Part = { kind: 'text', text: resultText(readWatchState(notes)?.name ?? flow, result) }
      await port.append({ conversation, externalId: `flow ${flow} ${conversation} ${key}`, parts: [head, ...result.parts] })
    }
  }
}

/** Without an id the same words within one minute are taken for a repeat: a schedule is no finer than that. */
const minuteOf = (now: number): number => Math.floor(now / 60_000)
