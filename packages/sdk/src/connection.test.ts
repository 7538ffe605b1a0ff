import {
  type ClientFrameName,
  type ErrorCode,
  type Hello,
  ParleyError,
  type ServerFrame,
  type SessionAnswer,
  type TransportEvents,
  type Welcome,
  type WireError
} from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { createConnection } from './connection.js'
import { createFakeClock, createFakeEnvironment } from './testing/index.js'

const WELCOME: Welcome = { v: 1, conversations: [], commands: [], limits: { bodyBytes: 1, messagesPerSecond: 1, burst: 1, windowSize: 1 }, expiresInS: 900 }

/** A connection whose session and transport do what the test says; `told` is all that happened, in order, with its time. */
function setUp({ fraction = 0.5 } = {}) {
  const clock = createFakeClock()
  const environment = createFakeEnvironment()
  const told: string[] = []
  const tell = (what: string) => void told.push(`${clock.now()} ${what}`)
  const lines: { readonly events: TransportEvents; readonly hello: Hello }[] = []
  const script = {
    expiresInS: 900,
    session: (): ParleyError | null => null,
    answer: (_name: ClientFrameName): WireError | null => null,
    opens: true,
    sessions: 0
  }

  const connection = createConnection({
    clock,
    environment,
    random: { fraction: () => fraction, bytes: (count) => new Uint8Array(count) },
    async openSession() {
      tell('session')
      const error = script.session()
      if (error) throw error
      return { token: `token-${++script.sessions}`, expiresInS: script.expiresInS, conversation: 'c' } as SessionAnswer
    },
    openTransport(hello, events) {
      tell(`open ${hello.token}`)
      lines.push({ events, hello })
      if (script.opens) clock.setTimer(0, () => events.onFrame({ name: 'welcome', payload: { ...WELCOME, expiresInS: script.expiresInS } }))
      return {
        async request(name) {
          tell(`request ${name}`)
          const error = script.answer(name)
          return error ? { error } : ({ ok: true } as never)
        },
        close: () => tell('close')
      }
    },
    hello: ({ token }) => ({ v: 1, token, device: 'd', conversations: [] }) as unknown as Hello,
    onFrame: (frame) => tell(`frame ${frame.name}`)
  })
  connection.$status.listen(({ state, retryInMs, error }) =>
    tell([`is ${state}`, retryInMs, error?.code].filter((one) => one !== null && one !== undefined).join(' '))
  )
  const frame = (sent: ServerFrame) => lines.at(-1)?.events.onFrame(sent)
  const lose = () => lines.at(-1)?.events.onEnd({ kind: 'lost', detail: 'gone' })
  const refuse = (code: ErrorCode, retryInMs?: number) =>
    lines.at(-1)?.events.onEnd({ kind: 'refused', error: { code, ...(retryInMs === undefined ? {} : { retryInMs }) } })
  /** What was told since it was asked last. */
  const news = () => told.splice(0)
  const goOnline = async () => {
    connection.start()
    await clock.advance(0)
    news()
  }
  return { clock, environment, connection, script, lines, frame, lose, refuse, news, goOnline }
}

describe('up and down', () => {
  test('session, transport, welcome, online', async () => {
    const { clock, connection, news } = setUp()
    connection.start()
    await clock.advance(0)
    expect(news()).toEqual(['0 session', '0 is connecting', '0 open token-1', '0 is online', '0 frame welcome'])
  })

  test('rule 6: waits grow while the line does not hold, and shrink by the time that it held', async () => {
    const { clock, script, lose, goOnline, news, connection } = setUp()
    await goOnline()
    const waits: (number | null)[] = []
    for (const heldMs of [0, 0, 500, 30_000]) {
      await clock.advance(heldMs)
      lose()
      waits.push(connection.$status.get().retryInMs)
      await clock.advance(waits.at(-1) ?? 0)
      expect(connection.$status.get().state).toBe('online')
    }
    expect(waits).toEqual([1_000, 1_750, 2_125, 1_000])
    news()
    script.opens = false
    lose()
    await clock.advance(2_000)
    expect(news()).toEqual(['36375 close', '36375 is waiting 1750 gateway.unavailable', '38125 is connecting gateway.unavailable', '38125 open token-1'])
  })

  test('an attempt that hangs is given up after 5 s, and later at each further one, 20 s at most', async () => {
    const { clock, connection, script, news } = setUp()
    script.opens = false
    connection.start()
    await clock.advance(5_000)
    expect(news()).toEqual(['0 session', '0 is connecting', '0 open token-1', '5000 close', '5000 is waiting 1000 gateway.unavailable'])
    await clock.advance(150_000)
    const times = news().flatMap((line) => (/ (?:open|close)/.test(line) ? [Number(line.split(' ')[0])] : []))
    const hung = times.flatMap((at, index) => (index % 2 === 1 ? [at - (times[index - 1] ?? 0)] : []))
    expect(hung.slice(0, 5)).toEqual([10_000, 15_000, 20_000, 20_000, 20_000])
  })

  test('a session that cannot be had is asked for again', async () => {
    const { clock, connection, script, news } = setUp()
    script.session = () => new ParleyError('gateway.unavailable', 'down')
    connection.start()
    await clock.advance(1_000)
    expect(news()).toEqual([
      '0 session',
      '0 is connecting',
      '0 is waiting 1000 gateway.unavailable',
      '1000 session',
      '1000 is connecting gateway.unavailable',
      '1000 is waiting 1750 gateway.unavailable'
    ])
  })

  test('what belongs to an earlier line is not heard', async () => {
    const { clock, connection, lines, lose, goOnline, news, script } = setUp()
    await goOnline()
    lose()
    lose()
    script.opens = false
    await clock.advance(1_000)
    lines[0]?.events.onFrame({ name: 'welcome', payload: WELCOME })
    lose()
    lose()
    expect(news()).toEqual([
      '0 close',
      '0 is waiting 1000 gateway.unavailable',
      '1000 is connecting gateway.unavailable',
      '1000 open token-1',
      '1000 close',
      '1000 is waiting 1750 gateway.unavailable'
    ])
    connection.stop()
    await clock.advance(100_000)
    expect(news()).toEqual(['1000 is closed'])
  })
})

describe('refusals', () => {
  test('a definite one closes with its error', async () => {
    const { clock, refuse, goOnline, news } = setUp()
    await goOnline()
    refuse('origin.refused')
    await clock.advance(100_000)
    expect(news()).toEqual(['0 close', '0 is closed origin.refused'])
  })

  test('a refuse frame counts as one', async () => {
    const { frame, goOnline, news } = setUp()
    await goOnline()
    frame({ name: 'refuse', payload: { code: 'frame.malformed' } })
    expect(news()).toEqual(['0 close', '0 is closed frame.malformed'])
  })

  test('an expired token is replaced and tried at once, but not in a tight loop', async () => {
    const { clock, refuse, script, goOnline, news } = setUp()
    await goOnline()
    script.opens = false
    refuse('auth.expired')
    await clock.settle()
    expect(news()).toEqual(['0 close', '0 session', '0 is connecting auth.expired', '0 open token-2'])
    refuse('auth.invalid')
    await clock.advance(1_000)
    expect(news()).toEqual(['0 close', '0 is waiting 1000 auth.invalid', '1000 session', '1000 is connecting auth.invalid', '1000 open token-3'])
  })

  test('an answer that asks for a new token has the same effect', async () => {
    const { clock, connection, script, goOnline, news } = setUp()
    await goOnline()
    script.answer = () => ({ code: 'auth.expired' })
    await connection.request('probe', {})
    await clock.advance(0)
    expect(news()).toEqual(['0 request probe', '0 close', '0 session', '0 is connecting auth.expired', '0 open token-2', '0 is online', '0 frame welcome'])
  })

  test('a gateway that says when to come back is not asked earlier, whatever the page signals', async () => {
    const { clock, environment, refuse, goOnline, news } = setUp()
    await goOnline()
    await clock.advance(5_000)
    refuse('gateway.unavailable', 8_000)
    await clock.advance(1_000)
    environment.tell('wake')
    await clock.advance(6_999)
    expect(news()).toEqual(['5000 close', '5000 is waiting 8000 gateway.unavailable'])
    await clock.advance(1)
    expect(news()[0]).toBe('13000 is connecting gateway.unavailable')
  })

  test('nothing is sent without a line', async () => {
    const { connection, lose, goOnline } = setUp()
    await expect(connection.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
    await goOnline()
    lose()
    await expect(connection.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
  })
})

describe('signals of the page', () => {
  test('rule 6: several at once make one immediate try', async () => {
    const { clock, environment, lose, script, goOnline, news } = setUp()
    await goOnline()
    await clock.advance(10_000)
    lose()
    script.opens = false
    await clock.advance(100)
    for (const signal of ['networkBack', 'wake', 'wake'] as const) environment.tell(signal)
    await clock.settle()
    expect(news()).toEqual(['10000 close', '10000 is waiting 1000 gateway.unavailable', '10100 is connecting gateway.unavailable', '10100 open token-1'])
    lose()
    environment.tell('wake')
    environment.tell('wake')
    await clock.advance(499)
    expect(news()).toEqual(['10100 close', '10100 is waiting 1750 gateway.unavailable', '10100 is waiting 500 gateway.unavailable'])
    await clock.advance(1)
    expect(news()[0]).toBe('10600 is connecting gateway.unavailable')
  })

  test('offline drops the line, online takes it up again, and a browser that is wrong about it is not believed for ever', async () => {
    const { clock, environment, goOnline, news } = setUp()
    await goOnline()
    await clock.advance(1_000)
    environment.tell('networkLost')
    environment.tell('networkBack')
    await clock.advance(0)
    environment.tell('networkLost')
    await clock.advance(30_000)
    expect(news()).toEqual([
      '1000 close',
      '1000 is offline 30000',
      '1000 is connecting',
      '1000 open token-1',
      '1000 is online',
      '1000 frame welcome',
      '1000 close',
      '1000 is offline 30000',
      '31000 is connecting',
      '31000 open token-1',
      '31000 is online',
      '31000 frame welcome'
    ])
  })

  test('rule 8: a deadline that passed in sleep counts on waking, though no timer ran', async () => {
    const { clock, environment, lose, goOnline, news } = setUp()
    await goOnline()
    lose()
    clock.sleep(600_000)
    environment.tell('wake')
    await clock.settle()
    expect(news()).toEqual(['0 close', '0 is waiting 1000 gateway.unavailable', '600000 is connecting gateway.unavailable', '600000 open token-1'])
  })

  test('rule 8: waking with a line up asks whether it lives', async () => {
    const { environment, goOnline, news } = setUp()
    await goOnline()
    environment.tell('wake')
    expect(news()).toEqual(['0 request probe'])
  })

  test('no signal is heard after the end', async () => {
    const { clock, connection, environment, goOnline, news } = setUp()
    await goOnline()
    connection.stop()
    environment.tell('networkBack')
    await clock.advance(1_000_000)
    expect(news()).toEqual(['0 close', '0 is closed'])
  })
})

describe('leaving and renewing', () => {
  test('rule 6: a gateway that drains is left at a random moment within its spread', async () => {
    const { clock, frame, goOnline, news } = setUp({ fraction: 0.25 })
    await goOnline()
    frame({ name: 'drain', payload: { spreadMs: 4_000 } })
    await clock.advance(999)
    expect(news()).toEqual([])
    await clock.advance(1)
    expect(news()).toEqual(['1000 close', '1000 is connecting', '1000 open token-1', '1000 is online', '1000 frame welcome'])
  })

  test('a gateway that leaves earlier than that is come back to at that moment', async () => {
    const { clock, frame, lose, goOnline, news } = setUp()
    await goOnline()
    frame({ name: 'drain', payload: { spreadMs: 4_000 } })
    await clock.advance(100)
    lose()
    expect(news()).toEqual(['100 close', '100 is waiting 1900 gateway.unavailable'])
  })

  test('rule 9: the token is renewed by its duration, before it ends', async () => {
    const { clock, goOnline, news } = setUp()
    await goOnline()
    await clock.advance(839_999)
    expect(news()).toEqual([])
    await clock.advance(1)
    expect(news()).toEqual(['840000 session', '840000 close', '840000 is connecting', '840000 open token-2', '840000 is online', '840000 frame welcome'])
  })

  test('a renewal that fails leaves the line alone and is tried again', async () => {
    const { clock, script, goOnline, news } = setUp()
    await goOnline()
    script.session = () => (clock.now() < 850_000 ? new ParleyError('gateway.unavailable', 'down') : null)
    await clock.advance(855_000)
    expect(news()).toEqual([
      '840000 session',
      '855000 session',
      '855000 close',
      '855000 is connecting',
      '855000 open token-2',
      '855000 is online',
      '855000 frame welcome'
    ])
  })

  test('rule 8: a renewal that was slept through happens on waking', async () => {
    const { clock, environment, goOnline, news } = setUp()
    await goOnline()
    clock.sleep(2_000_000)
    environment.tell('wake')
    await clock.settle()
    expect(news().slice(0, 5)).toEqual(['2000000 session', '2000000 request probe', '2000000 close', '2000000 is connecting', '2000000 open token-2'])
  })
})
