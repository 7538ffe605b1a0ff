import { ANSWER_BYTES, type Reply } from './ask.js'
import { type BotAnswer, readAnswer } from './inbound.js'

/** What a reply means. `said` is for the visitor, `why` for whoever looks after the bot. */
export type Judgement =
  /** `null`: what it has to say comes later, or never. */
  { readonly kind: 'taken'; readonly answer: BotAnswer | null } | Fault
export type Fault = { readonly kind: 'fault'; readonly retry: boolean; readonly retryInMs?: number; readonly said: string; readonly why: string }

/** A bot that asks for more than this is asked again all the same. */
const MOST_WAIT_MS = 600_000

/**
 * Their reply → taken, to be tried again, or not delivered. A repeat does no harm: it has the same id.
 * @param bot how it is called in the chat
 */
export function judge(reply: Reply, bot: string, now: number): Judgement {
  switch (reply.kind) {
    case 'unreachable':
      return again(`${bot} cannot be reached at the moment.`, 'no connection, or it broke')
    case 'timedOut':
      return again(`${bot} did not answer in time.`, 'no whole answer within timeoutMs')
    case 'tooLarge':
      return unreadable(bot, `the answer has more than ${ANSWER_BYTES} bytes`)
    case 'answered':
      return judgeAnswer(reply, bot, now)
    default:
      return reply satisfies never
  }
}

function judgeAnswer({ status, headers, text }: Reply & { readonly kind: 'answered' }, bot: string, now: number): Judgement {
  // A browser says 0 for a redirect that it was told not to follow.
  if (status === 0 || (status >= 300 && status < 400)) return refused(bot, `the address leads elsewhere (${status}), and redirects are not followed`)
  if (status === 429 || status === 503) {
    return { ...again(`${bot} has too much to do at the moment.`, `status ${status}`), retryInMs: retryAfterMs(headers.get('retry-after'), now) }
  }
  if (status >= 500) return again(`${bot} has a fault of its own (${status}).`, `status ${status}`)
  if (status >= 400) return refused(bot, `status ${status}`)
  if (status === 202 || status === 204 || text.trim() === '') return { kind: 'taken', answer: null }
  return judgeContent(headers.get('content-type') ?? '', text, bot)
}

const STREAMS = /^(text\/event-stream|application\/(x-)?ndjson)\b/i

function judgeContent(type: string, text: string, bot: string): Judgement {
  if (STREAMS.test(type)) return unreadable(bot, 'the answer is a stream, which is not supported yet: answer with JSON')
  const value = readJson(text)
  if (value === undefined) return unreadable(bot, 'the answer is not JSON')
  const read = readAnswer(value)
  return read.ok ? { kind: 'taken', answer: read.value } : unreadable(bot, read.text)
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const again = (said: string, why: string): Fault => ({ kind: 'fault', retry: true, said, why })
const refused = (bot: string, why: string): Fault => ({ kind: 'fault', retry: false, said: `${bot} did not take this.`, why })
export const unreadable = (bot: string, why: string): Fault => ({ kind: 'fault', retry: false, said: `${bot} gave an answer that cannot be shown.`, why })

/** Seconds, or a date. @returns `undefined` for anything else */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  // What is no date by its form, some engines take for a year.
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN
  const ms = /^[0-9]{1,9}$/.test(text) ? Number(text) * 1_000 : at - now
  return Number.isNaN(ms) ? undefined : Math.min(MOST_WAIT_MS, Math.max(0, ms))
}
