import type { ConversationId } from '@parley/protocol'
import type { ConnectorPort, ConnectorRequest, ConnectorResponse } from '@parley/engine'
import type { Config } from './config.js'
import { fromTheirs, type Happening, readBody } from './inbound.js'
import { isTheirs } from './verify.js'

const answer = (status: number): ConnectorResponse => ({ status })

/** Their calls at `/hooks/<inbox>/messages`: verified, read, recorded. They are answered when what they say is on disk. */
export async function receive(port: ConnectorPort, config: Config, request: ConnectorRequest): Promise<ConnectorResponse> {
  const { door, path, method } = request
  if (door !== 'hooks' || path !== 'messages') return answer(404)
  if (method !== 'POST') return { status: 405, headers: { allow: 'POST' } }
  if (!isTheirs(request, config.secret)) return answer(401)
  const body = readBody(parsed(request.body))
  if (body === null) return answer(400)
  if (body.type === 'unknown') return answer(202)
  // Also by an id that it had before a merge; a conversation of another inbox counts as not there.
  const found = await port.conversation.find(body.conversation as ConversationId)
  if (!found) return answer(404)
  for (const happening of fromTheirs(body)) await carryOut(port, found.id, happening)
  return answer(200)
}

async function carryOut(port: ConnectorPort, conversation: ConversationId, happening: Happening): Promise<void> {
  switch (happening.kind) {
    case 'message': {
      const { externalId, parts, from } = happening
      // The same externalId is recorded once, so a repeat of theirs does no harm.
      await port.append({ conversation, externalId, parts, ...(from ? { from } : {}) })
      return
    }
    case 'typing':
      return port.typing(conversation, happening.forMs)
    case 'end':
      return port.close(conversation, happening.reason)
    default:
      return happening satisfies never
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
