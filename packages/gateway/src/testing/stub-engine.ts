import type { ConnectorRequest, ConnectorResponse, Engine, Line, Session, VisitorId } from '@parley/engine'
import type { ConversationId, ServerFrame, WireError } from '@parley/protocol'

/** An engine that remembers what it was asked, for tests of the doors alone. */
export type StubEngine = Engine & {
  readonly received: { readonly name: string; readonly payload: unknown }[]
  readonly requests: { readonly inbox: string; readonly request: ConnectorRequest }[]
  readonly lines: Line[]
  /** Calls of `identify` and of `enter`. */
  readonly identified: unknown[][]
  readonly entered: unknown[][]
  /** Sessions begun and not ended. */
  open(): number
}

export const CONVERSATION = 'conversation1---------' as ConversationId
export const VISITOR = 'visitor1--------------' as VisitorId
export const WELCOME: ServerFrame = {
  name: 'welcome',
  payload: { v: 1, conversations: [], commands: [], limits: { bodyBytes: 1, messagesPerSecond: 1, burst: 1, windowSize: 1 }, expiresInS: 900 }
}

type Stub = {
  readonly receive?: (name: string, payload: unknown, line: Line) => ReturnType<Session['receive']>
  readonly connect?: (hello: unknown, line: Line) => Promise<WireError | null>
  readonly identify?: Engine['identify']
  readonly enter?: Engine['enter']
  readonly answer?: (inbox: string, request: ConnectorRequest) => ConnectorResponse | null
}

export function createStubEngine(stub: Stub = {}): StubEngine {
  const received: { name: string; payload: unknown }[] = []
  const requests: { inbox: string; request: ConnectorRequest }[] = []
  const lines: Line[] = []
  const identified: unknown[][] = []
  const entered: unknown[][] = []
  let sessions = 0
  return {
    received,
    requests,
    lines,
    identified,
    entered,
    open: () => sessions,
    start: async () => {},
    async enter(inbox, entry) {
      entered.push([inbox, entry])
      if (stub.enter) return stub.enter(inbox, entry)
      return inbox === 'support' ? { visitor: VISITOR, conversation: CONVERSATION } : { code: 'inbox.unknown', text: `There is no inbox "${inbox}".` }
    },
    async identify(inbox, token) {
      identified.push([inbox, token])
      return stub.identify ? stub.identify(inbox, token) : null
    },
    identityRefused: async () => {},
    appendLast: async () => [],
    async connect(line, hello) {
      const error = (await stub.connect?.(hello, line)) ?? null
      if (error) return error
      lines.push(line)
      sessions++
      line.send(WELCOME)
      return {
        async receive(name, payload) {
          received.push({ name, payload })
          return stub.receive ? stub.receive(name, payload, line) : { ok: true }
        },
        end: () => {
          sessions--
        }
      }
    },
    async handleRequest(inbox, request) {
      requests.push({ inbox, request })
      return stub.answer ? stub.answer(inbox, request) : null
    },
    stop: async () => {}
  }
}
