/** The page on which visitors break the line themselves: two chats talk over Parley, two over plain Socket.IO, on the same bad line. */
import { createClient } from '@parley/sdk'
import { io } from 'socket.io-client'
import { createTally, type Tally, type Talker } from './break/talk.js'

const script = document.querySelector<HTMLScriptElement>('script[data-parley]')
const [parleyPort, plainPort] = [script?.dataset.parley ?? '', script?.dataset.plain ?? '']
const EVERY_MS = 700
const SHOWN_LINES = 7
/** Words of this page alone: an earlier one may have said the same. */
const round = Math.random().toString(36).slice(2, 8)

/** Both sides are browsers of one visitor, so that they share a conversation. */
const kept = { value: JSON.stringify({ key: randomKey(), open: true }) }
const keys = { getItem: () => kept.value, setItem: (_name: string, value: string) => void (kept.value = value), removeItem: () => {} }

/** 32 random bytes as base64url, as the SDK makes them. */
function randomKey(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return Array.from(crypto.getRandomValues(new Uint8Array(43)), (byte) => letters[byte & 63]).join('')
}

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`The page has no #${id}.`)
  return found
}

/** A line as both kinds say it: who, and the how-manieth. */
const line = (by: string, number: number): string => `${by} ${number} (${round})`
function readLine(text: string): { readonly by: string; readonly number: number } | null {
  const [by = '', number = '', of] = text.split(' ')
  return of === `(${round})` ? { by, number: Number(number) } : null
}

function draw(list: HTMLElement, lines: readonly { readonly text: string; readonly note: string }[]): void {
  list.replaceChildren(
    ...lines.slice(-SHOWN_LINES).map(({ text, note }) => {
      const row = document.createElement('li')
      row.textContent = text.replace(/ \(.*/, '')
      const small = document.createElement('small')
      small.textContent = note
      row.append(small)
      return row
    })
  )
}

/** @param host two names of one machine, so that the browser keeps two outboxes */
function parleyTalker(name: string, host: string, tally: Tally): Talker {
  const client = createClient({ url: `http://${host}:${parleyPort}`, inbox: 'break', storage: { keys } })
  const chat = client.conversation
  const heard = new Set<string>()
  let waiting = 0
  client.on('error', () => {
    // Shown by the state of the line.
  })
  chat.$timeline.subscribe((items) => {
    const said = items.flatMap((item) => (item.kind === 'message' && item.parts[0]?.kind === 'text' ? [{ item, text: item.parts[0].text }] : []))
    const ours = said.filter(({ text }) => readLine(text))
    const keysNow = ours.map(({ item }) => item.key)
    for (const { item, text } of ours) {
      const read = readLine(text)
      if (!read || read.by === name || item.seq === null || heard.has(item.key)) continue
      heard.add(item.key)
      tally.heard(read.by, read.number)
    }
    if (new Set(keysNow).size !== keysNow.length) tally.showedTwice()
    waiting = ours.filter(({ item }) => item.seq === null).length
    draw(
      element(`parley-${name}`),
      ours.map(({ item, text }) => ({ text, note: item.seq === null ? item.status : `${item.seq}` }))
    )
  })
  client.connect().catch(() => {
    // The same: a line that was refused for good says so.
  })
  return {
    name,
    say(text) {
      chat.send(text).then(
        () => tally.acked(),
        () => {}
      )
    },
    state: () => client.$connection.get().state,
    waiting: () => waiting
  }
}

function plainTalker(name: string, tally: Tally): Talker {
  const socket = io(`http://127.0.0.1:${plainPort}`, { transports: ['websocket'] })
  const lines: { text: string; note: string }[] = []
  let waiting = 0
  const show = (text: string, note: string): void => {
    lines.push({ text, note })
    draw(element(`plain-${name}`), lines)
  }
  socket.on('message', (text: unknown) => {
    const read = typeof text === 'string' ? readLine(text) : null
    if (!read) return
    tally.heard(read.by, read.number)
    show(String(text), '')
  })
  return {
    name,
    say(text) {
      waiting++
      socket.timeout(10_000).emit('message', text, (error: unknown) => {
        waiting--
        if (!error) tally.acked()
      })
      show(text, 'sent')
    },
    state: () => (socket.connected ? 'online' : 'connecting'),
    waiting: () => waiting
  }
}

const tallies = { parley: createTally(), plain: createTally() }
const parley: Talker[] = [parleyTalker('anna', '127.0.0.1', tallies.parley)]
const plain: readonly Talker[] = [plainTalker('anna', tallies.plain), plainTalker('ben', tallies.plain)]
const said = new Map<Talker, number>()
let isTalking = true
let hasBegun = false

/** Ben comes when Anna is there; the talk begins when all are. */
function gather(): void {
  if (parley.length === 1 && parley[0]?.state() === 'online') parley.push(parleyTalker('ben', 'localhost', tallies.parley))
  hasBegun ||= parley.length === 2 && [...parley, ...plain].every((talker) => talker.state() === 'online')
}

function talk(): void {
  gather()
  if (!isTalking || !hasBegun) return
  for (const [talkers, tally] of [
    [parley, tallies.parley],
    [plain, tallies.plain]
  ] as const)
    for (const talker of talkers) {
      const number = (said.get(talker) ?? 0) + 1
      said.set(talker, number)
      tally.sent()
      talker.say(line(talker.name, number))
    }
}

function drawCounts(): void {
  for (const kind of ['parley', 'plain'] as const) {
    const count = tallies[kind].count()
    for (const what of ['sent', 'acked', 'shown', 'lost', 'doubled'] as const) {
      const cell = element(`${kind}-${what}`)
      cell.textContent = `${count[what]}`
      cell.dataset.state = (what === 'lost' || what === 'doubled') && count[what] > 0 ? 'bad' : 'good'
    }
  }
  const talkers = { parley, plain }
  for (const kind of ['parley', 'plain'] as const)
    element(`${kind}-state`).textContent = talkers[kind]
      .map((talker) => `${talker.name}: ${talker.state()}${talker.waiting() > 0 ? `, ${talker.waiting()} waiting` : ''}`)
      .join(' · ')
}

type LabState = { readonly isUp: boolean; readonly delay: boolean; readonly blackhole: boolean }
function drawLine({ isUp, delay, blackhole }: LabState): void {
  const words = [
    isUp ? '' : 'The gateway is dead; it starts again by itself.',
    delay ? 'Every byte comes late.' : '',
    blackhole ? 'Nothing gets through, and nobody is told.' : ''
  ]
  element('line').textContent = words.filter(Boolean).join(' ') || 'The line is well.'
  element('delay').setAttribute('aria-pressed', String(delay))
  element('blackhole').setAttribute('aria-pressed', String(blackhole))
}

async function ask(deed: string | null): Promise<void> {
  const response = await fetch(deed ? `/break/${deed}` : '/break', { method: deed ? 'POST' : 'GET' })
  drawLine((await response.json()) as LabState)
}
const complain = (): void => {
  element('line').textContent = 'The demo does not answer: is it still running?'
}

for (const deed of ['cut', 'delay', 'blackhole', 'kill', 'heal']) element(deed).addEventListener('click', () => void ask(deed).catch(complain))
element('pause').addEventListener('click', () => {
  isTalking = !isTalking
  element('pause').textContent = isTalking ? 'Pause the talk' : 'Go on talking'
})
setInterval(talk, EVERY_MS)
setInterval(drawCounts, 250)
setInterval(() => void ask(null).catch(complain), 1_000)
