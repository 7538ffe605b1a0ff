import { type ClientHost, ERRORS, ParleyError, type SessionAnswer, type SessionRequest } from '@parley/protocol'
import type { Connector } from '../connector.js'
import { createEngine, type Engine } from '../engine.js'
import { type Chance, type Clock, type Host, reasonOf } from '../host.js'
import type { Identified } from '../identify.js'
import { createMemoryStore } from '../memory-store.js'
import { pageChance, pageClock, pageFetch, pageLocks, pageLog } from './page-host.js'
import { openPageLine, type PageLine } from './page-line.js'
import { createPageSeal } from './page-seal.js'
import { createPlace, type PageLocks } from './place.js'
import { createReach } from './reach.js'
import { createSessions } from './sessions.js'

export type InPageOptions = {
  /** Who answers. It must be one that may run in a page. */
  readonly connector: Connector
  /** Tells chats of one origin apart: of one name, one tab hosts. Default `page`. */
  readonly name?: string
  /** Default: Web Locks, where the page has them. `null`: each tab is its own host. */
  readonly lock?: PageLocks | null
  readonly clock?: Pick<Clock, 'now' | 'setTimer'>
  readonly random?: Chance
}

/** There is one inbox here, whatever it is called elsewhere. */
const INBOX = 'page'
/** What was shown as sent and waits for its turn when the host is closed is still delivered, for so long at most: nothing of it is kept. */
const FINISH_WITHIN_MS = 10_000

/**
 * The engine in the page, for `createClient({ transport: inPage({ connector }) })`: no gateway, no server of ours. What
 * is said ends with the page. Nothing is started before the client connects.
 * @throws ParleyError `option.invalid` for a connector that needs a server
 */
export function inPage({ connector, name = INBOX, lock = pageLocks(), clock: time = pageClock, random: chance = pageChance }: InPageOptions): ClientHost {
  checkConnector(connector)
  const clock: Clock = { now: time.now, setTimer: time.setTimer, defer: (run) => void Promise.resolve().then(run) }
  const host: Host = { clock, chance, seal: createPageSeal(chance), log: pageLog }
  const place = createPlace(`parley host ${name}`, lock, clock)
  const sessions = createSessions(clock, chance)
  const lines = new Set<PageLine>()
  const reach = createReach(() => {
    for (const line of [...lines]) line.lose('The other side cannot be reached now.')
  })
  let starting: Promise<Engine> | null = null
  let isClosed = false

  async function start(): Promise<Engine> {
    const engine = createEngine({
      ...host,
      store: createMemoryStore(chance),
      inboxes: [{ name: INBOX, connector }],
      reachable: (_inbox, isReachable) => reach.set(isReachable),
      // Nothing outside can call a page.
      publicUrl: '',
      fetch: pageFetch(clock),
      authenticate: async (token) => sessions.read(token)
    })
    await engine.start()
    return engine
  }

  async function started(): Promise<Engine> {
    try {
      starting ??= start()
      return await starting
    } catch (thrown) {
      starting = null
      host.log.error({ reason: reasonOf(thrown) }, 'the connector could not be started')
      throw new ParleyError('gateway.unavailable', 'The chat could not be started.', { cause: thrown })
    }
  }

  async function openSession({ visitorKey, identity }: SessionRequest): Promise<SessionAnswer> {
    throwIfClosed()
    if (!(await place.isMine())) throw new ParleyError('host.elsewhere', ELSEWHERE)
    throwIfClosed()
    const engine = await started()
    const person = identity === undefined ? null : await identified(engine, identity)
    const entered = await engine.enter(INBOX, { visitorKey: visitorKey ?? null, person })
    if ('code' in entered) throw ParleyError.fromWire(entered)
    const { visitor, conversation } = entered
    const who = { visitor, inbox: INBOX, roles: person?.roles ?? [] }
    return person ? { ...sessions.issue(who, person.expiresInS), conversation, identified: true } : { ...sessions.issue(who), conversation }
  }

  function throwIfClosed(): void {
    if (isClosed) throw new ParleyError('client.closed', 'The host in this page was closed.')
  }

  async function stop(): Promise<void> {
    const engine = await starting?.catch(() => null)
    await engine?.stop(0, FINISH_WITHIN_MS)
  }

  return {
    name,
    durable: false,
    openSession,
    open(hello, events) {
      const line = openPageLine(hello, events, {
        ready: reach.whenReachable,
        connect: async (given, payload) => (await started()).connect(given, payload),
        defer: clock.defer,
        onOver: (over) => lines.delete(over)
      })
      lines.add(line)
      return line.transport
    },
    close() {
      if (isClosed) return
      isClosed = true
      stop()
        .catch((thrown: unknown) => host.log.error({ reason: reasonOf(thrown) }, 'the host could not be stopped'))
        // Not before: the next tab's connector would meet this one's.
        .finally(() => place.leave())
    }
  }
}

const ELSEWHERE = `This chat is open in another tab. ${ERRORS['host.elsewhere'].fix}`

async function identified(engine: Engine, token: string): Promise<Identified> {
  const person = await engine.identify(INBOX, token)
  if (!person) throw new ParleyError('identity.unsupported', 'Nobody takes identities in this page: its connector names no visitors.')
  if ('code' in person) throw ParleyError.fromWire(person)
  return person
}

function checkConnector({ capabilities }: Connector): void {
  if (capabilities.page) return
  const found = JSON.stringify(capabilities.participant.name)
  throw new ParleyError('option.invalid', `"connector" is ${found}, which needs a server; wanted is one with capabilities.page.`)
}
