import { type Ask, type Delivered, type History, isEnd, type Row } from './history-facts.js'

type ById = ReadonlyMap<string, readonly Row[]>

/** What is wrong between the log and what was asked and acknowledged. */
export function logFaults(history: History, byId: ById): string[] {
  return [
    ...numberFaults(history.log),
    ...repeatFaults(byId),
    ...strangerFaults(history),
    ...ackFaults(history, byId),
    ...askFaults(history, byId),
    ...orderFaults(history, byId)
  ]
}

function numberFaults(log: readonly Row[]): string[] {
  const heads = new Map<string, number>()
  return log.flatMap((row) => {
    const expected = (heads.get(row.conversation) ?? 0) + 1
    heads.set(row.conversation, row.seq)
    return row.seq === expected ? [] : [`the log has row ${row.seq} where ${expected} is next`]
  })
}

/** Once means once, in all conversations: also when one was closed while its answer was on the way. */
const repeatFaults = (byId: ById): string[] =>
  [...byId].flatMap(([messageId, rows]) => (rows.length < 2 ? [] : [`${nameOf(messageId, rows[0])} is in the log ${rows.length} times`]))

/** Rows of visitors that nobody asked for, and the same words under more ids than they were meant as messages. */
function strangerFaults({ asks, log }: History): string[] {
  const wanted = new Map(asks.map((ask) => [ask.messageId, ask.text]))
  const meant = new Map<string, number>()
  for (const { text, isRetry } of asks) if (!isRetry) meant.set(text, (meant.get(text) ?? 0) + 1)
  const seen = new Map<string, Set<string>>()
  return log.flatMap(({ text, messageId }) => {
    if (text === null) return []
    const ids = (seen.get(text) ?? new Set()).add(messageId)
    seen.set(text, ids)
    const most = meant.get(text) ?? 1
    if (ids.size > most) return [`"${text}" is in the log under ${ids.size} ids, and was meant as ${most}`]
    return wanted.get(messageId) === text ? [] : [`"${text}" is in the log, and nobody sent it`]
  })
}

function ackFaults({ acks, lost }: History, byId: ById): string[] {
  const faults = acks.flatMap(({ conversation, messageId, seq }) => {
    const row = byId.get(messageId)?.find((one) => one.conversation === conversation)
    if (lost.has(messageId)) return []
    if (!row) return [`${messageId} was acknowledged as row ${seq} and is not in the log`]
    return row.seq === seq ? [] : [`${nameOf(messageId, row)} was acknowledged as row ${seq} and is row ${row.seq}`]
  })
  return [...new Set(faults)]
}

function askFaults({ asks, lost }: History, byId: ById): string[] {
  return asks.flatMap((ask) => {
    const isThere = ask.messageId !== null && byId.has(ask.messageId)
    const isExcused = ask.mayBeAbsent || (ask.messageId !== null && lost.has(ask.messageId))
    return [...outcomeFaults(ask, isThere), ...(ask.messageId !== null && !isThere && !isExcused ? [`"${ask.text}" was taken and is not in the log`] : [])]
  })
}

function outcomeFaults({ text, outcome, messageId, mayBeAbsent, mayAskAgain }: Ask, isThere: boolean): string[] {
  if (outcome.kind === 'waiting') return [`"${text}" was never answered`]
  if (outcome.kind === 'sent' && outcome.messageId !== messageId) return [`"${text}" was answered with the id of another message`]
  if (outcome.kind !== 'refused' || messageId === null) return []
  if (!mayBeAbsent && outcome.code !== 'client.closed') return [`"${text}" was refused (${outcome.code}), and nobody refused it`]
  return isThere && !mayAskAgain && outcome.code !== 'append.discarded' && outcome.code !== 'client.closed'
    ? [`"${text}" was refused (${outcome.code}) and is in the log`]
    : []
}

/**
 * Messages of one sender stand in the log in the order in which they were asked; but what an old copy had lost comes behind, and
 * what was discarded in a browser whose storage could not note that. */
function orderFaults({ asks, lost }: History, byId: ById): string[] {
  const last = new Map<string, { readonly text: string; readonly seq: number }>()
  return asks.flatMap(({ sender, text, messageId, mayBeAbsent }) => {
    const row = messageId === null ? undefined : byId.get(messageId)?.at(-1)
    if (!row || mayBeAbsent || lost.has(row.messageId)) return []
    const key = `${sender} ${row.conversation}`
    const before = last.get(key)
    if (before && before.seq > row.seq)
      return [`"${text}" of ${sender} is row ${row.seq}, before "${before.text}" in row ${before.seq}, which was sent earlier`]
    last.set(key, { text, seq: row.seq })
    return []
  })
}

/** Every run has one end, and at most one late result after it. */
export function runFaults(log: readonly Row[]): string[] {
  const runs = new Map<string, { isStarted: boolean; ends: number; late: number }>()
  const faults: string[] = []
  for (const row of log) {
    if (row.run === null) continue
    const run = runs.get(row.run) ?? { isStarted: false, ends: 0, late: 0 }
    runs.set(row.run, run)
    if (row.type === 'run.started') run.isStarted = true
    else if (!run.isStarted) faults.push(`run ${row.run} goes on in row ${row.seq} before it was started`)
    if (!isEnd(row)) continue
    if (row.isLate) run.late++
    else run.ends++
    if (row.isLate && run.ends === 0) faults.push(`run ${row.run} has a late result in row ${row.seq} before its end`)
  }
  for (const [run, { ends, late }] of runs) {
    if (ends !== 1) faults.push(`run ${run} has ${ends} ends`)
    if (late > 1) faults.push(`run ${run} has ${late} late results`)
  }
  return faults
}

/** First attempts are made in the order of the log. */
export function deliveryFaults(deliveries: readonly Delivered[]): string[] {
  const last = new Map<string, number>()
  return deliveries.flatMap(({ conversation, seq }) => {
    const before = last.get(conversation) ?? 0
    last.set(conversation, Math.max(before, seq))
    return seq < before ? [`row ${seq} was delivered to the connector after row ${before}`] : []
  })
}

const nameOf = (messageId: string, row: Row | undefined): string => (row?.text ? `"${row.text}"` : messageId)
