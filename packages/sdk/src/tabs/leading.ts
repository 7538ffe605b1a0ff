import type { ConversationId, ServerFrame, Standing } from '@parley/protocol'
import type { Connection } from '../connection.js'
import { asParleyError } from '../errors.js'
import type { TabMessage } from './messages.js'

export type LeadingOptions = {
  readonly tab: string
  readonly line: Pick<Connection, '$status' | 'request' | 'start' | 'renew'>
  post(message: TabMessage): void
  conversation(): ConversationId | null
  draft(): string
  /** What brings another tab up to date. */
  catchUp(standing: Standing): readonly ServerFrame[]
}

/** The tab that holds the line: it tells the others what comes in, and sends for them. */
export interface Leading {
  hear(message: TabMessage): void
  /** A frame of the gateway came. */
  relay(frame: ServerFrame): void
  /** Tells all tabs how the line is. */
  announce(): void
}

/** Frames that concern every tab; the others are about the line itself. */
const SHARED: ReadonlySet<string> = new Set(['events', 'signal', 'commands'])

export function createLeading({ tab, line, post, conversation, draft, catchUp }: LeadingOptions): Leading {
  let lines = 0

  function announce(): void {
    const { state, attempt, retryInMs, error } = line.$status.get()
    post({
      kind: 'lead',
      from: tab,
      status: { state, attempt, retryInMs, error: error && { code: error.code, text: error.message } },
      line: lines,
      conversation: conversation(),
      draft: draft()
    })
  }

  async function ask({ from, id, name, payload }: Extract<TabMessage, { kind: 'ask' }>): Promise<void> {
    try {
      post({ kind: 'answer', to: from, id, ack: (await line.request(name, payload)) as never })
    } catch (reason) {
      const { code, message } = asParleyError(reason)
      post({ kind: 'answer', to: from, id, ack: { error: { code, text: message } } })
    }
  }

  return {
    announce,
    relay(frame) {
      if (frame.name === 'welcome') {
        lines++
        announce()
      }
      if (SHARED.has(frame.name)) post({ kind: 'frame', from: tab, to: null, frame })
    },
    hear(message) {
      switch (message.kind) {
        case 'who':
          return announce()
        case 'join':
          if (line.$status.get().state !== 'online') return
          for (const frame of catchUp(message.standing)) post({ kind: 'frame', from: tab, to: message.from, frame })
          return
        case 'ask':
          // Only what is meant for a line; messages go through the outbox.
          return message.name === 'append' ? undefined : void ask(message)
        case 'hurry':
          return line.start()
        case 'renew':
          return line.renew()
        default:
          return
      }
    }
  }
}
