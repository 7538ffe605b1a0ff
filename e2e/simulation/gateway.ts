import { createEngine, type Engine, type Log, type Store, type VisitorId } from '@parley/engine'
import { ParleyError, type SessionAnswer, type SessionRequest, type WireError } from '@parley/protocol'
import type { Bot } from './bot.js'
import type { Chance } from './chance.js'
import { createLife, type Life } from './life.js'
import type { LogStore } from './log-store.js'
import type { Profile } from './profile.js'
import { simulatedSeal } from './seal.js'
import type { Seams } from './seams.js'
import type { VirtualClock } from './virtual-clock.js'

/** The wall clock of gateways begins here: 2026-01-01. */
const STARTED_AT = 1_767_225_600_000
/** As long as a process may take to leave (rule 14). */
const LEAVE_WITHIN_MS = 5_000

/** One process of the gateway: a real engine, until it ends. */
export type GatewayProcess = { readonly life: Life; readonly engine: Engine; isServing: boolean; readonly onEnd: Set<(how: 'crash' | 'exit') => void> }

/** The gateway of a world: at most one process at a time, all on the same store. */
export interface Gateway {
  /** The one that takes clients now. */
  serving(): GatewayProcess | null
  isDown(): boolean
  start(): void
  /** The process is gone at once, with everything it had in hand. */
  crash(): void
  /** SIGTERM: it leaves in good order. */
  drain(spreadMs: number): void
  /** `POST /session`, as the process that serves now answers it. Never settles when it ends first. */
  openSession(process: GatewayProcess, request: SessionRequest): Promise<SessionAnswer>
  /** Tokens given so far hold no more. */
  revoke(): void
}

type Parts = {
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly profile: Profile
  readonly store: LogStore
  readonly bot: Bot
  readonly seams: Seams
  note(text: string): void
}
type Token = { readonly visitor: VisitorId; readonly inbox: string; readonly endsAt: number }

export const INBOX = 'desk'

export function createGateway(parts: Parts): Gateway {
  const { clock, chance, profile, store, bot, seams, note } = parts
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields, text) => note(`gateway: ${text} ${JSON.stringify(fields)}`) }
  const tokens = new Map<string, Token>()
  let process: GatewayProcess | null = null

  function end(how: 'crash' | 'exit'): void {
    const ended = process
    if (!ended) return
    process = null
    ended.life.end()
    store.crash()
    for (const tell of ended.onEnd) tell(how)
    note(`gateway: ${how}`)
  }

  async function authenticate(token: string): Promise<(Token & { readonly expiresInS: number }) | WireError> {
    const found = tokens.get(token)
    if (!found) return { code: 'auth.invalid' }
    const expiresInS = Math.floor((found.endsAt - clock.now()) / 1_000)
    return expiresInS > 0 ? { ...found, expiresInS } : { code: 'auth.expired' }
  }

  function start(): void {
    if (process) return
    const life = createLife(clock)
    const honest = store.open(life)
    const engineStore: Store = seams.store?.(honest, { life, journal: store.journal }) ?? honest
    const engine = createEngine({
      clock: { now: () => STARTED_AT + clock.now(), setTimer: life.setTimer, defer: (run) => life.setTimer(0, run) },
      chance,
      seal: simulatedSeal,
      log,
      store: engineStore,
      inboxes: [{ name: INBOX, connector: bot.connector(life) }],
      publicUrl: 'https://chat.example.com',
      fetch: () => Promise.reject(new Error('there is no network')),
      ...(profile.isTight ? { limits: { messagesPerSecond: 3, burst: 6 } } : {}),
      authenticate
    })
    const started: GatewayProcess = { life, engine, isServing: false, onEnd: new Set() }
    process = started
    note('gateway: start')
    engine.start().then(
      () => {
        started.isServing = true
      },
      (reason: unknown) => {
        note(`gateway: could not start: ${String(reason)}`)
        if (process === started) end('crash')
      }
    )
  }

  function drain(spreadMs: number): void {
    const leaving = process
    if (!leaving?.isServing) return
    leaving.isServing = false
    note('gateway: drain')
    const leave = (): void => {
      if (process === leaving) end('exit')
    }
    leaving.life.setTimer(LEAVE_WITHIN_MS, leave)
    // The lines end when what was sent over them has left.
    leaving.engine.stop(spreadMs).then(() => leaving.life.setTimer(1, leave), leave)
  }

  async function openSession({ engine }: GatewayProcess, { inbox, visitorKey }: SessionRequest): Promise<SessionAnswer> {
    const entered = await engine.enter(inbox, { visitorKey: visitorKey ?? null, person: null })
    if ('code' in entered) throw ParleyError.fromWire(entered)
    const token = `token-${tokens.size}-${chance.between(0, 1e9)}`
    tokens.set(token, { visitor: entered.visitor, inbox, endsAt: clock.now() + profile.tokenSeconds * 1_000 })
    return { token, expiresInS: profile.tokenSeconds, conversation: entered.conversation }
  }

  return {
    serving: () => (process?.isServing ? process : null),
    isDown: () => process === null,
    start,
    crash: () => end('crash'),
    drain,
    openSession,
    revoke() {
      for (const token of tokens.keys()) tokens.set(token, { visitor: '' as VisitorId, inbox: INBOX, endsAt: 0 })
    }
  }
}
