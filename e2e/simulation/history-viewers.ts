import { type Frame, type History, isShown, type Row, type Shown, type Viewer } from './history-facts.js'

type ById = ReadonlyMap<string, readonly Row[]>
type Complain = (fault: string) => void
type Facts = { readonly history: History; readonly byId: ById; readonly complain: Complain; readonly conversation: string; readonly isShaken: boolean }

/** What is wrong with what one viewer showed: in each frame, from frame to frame, and in the end. */
export function viewerFaults(viewer: Viewer, history: History, byId: ById): string[] {
  const faults = new Set<string>()
  const complain: Complain = (fault) => void faults.add(`${viewer.name} ${fault}`)
  for (const [key, seq] of walkFrames(viewer.frames, { history, byId, complain, conversation: viewer.conversation, isShaken: viewer.isShaken === true })) {
    const rows = byId.get(key) ?? []
    if (history.lost.has(key) || rows.some((row) => row.seq === seq)) continue
    complain(`showed ${key} as row ${seq}, and it is ${rows[0] ? `row ${rows[0].seq}` : 'not in the log'}`)
  }
  if (viewer.isLive) compareEnd(viewer, history, complain)
  return [...faults]
}

/**
 * Every frame against the one before. Items that did not change are the same objects, so only what
 * differs from there on is looked at: the frames are many and long.
 * @returns every confirmed item ever shown, with its number
 */
function walkFrames(frames: readonly Frame[], { history, byId, complain, conversation, isShaken }: Facts): readonly (readonly [string, number])[] {
  const ever: (readonly [string, number])[] = []
  const seqs = new Map<string, number>()
  const held = new Set<string>()
  let before: readonly Shown[] = []
  let isReset = false
  for (const frame of frames) {
    if (typeof frame === 'string') {
      if (frame === 'reset' && !history.isRestored) complain('was told to forget what it held, and no old copy was put back')
      isReset = true
      ever.push(...seqs)
      seqs.clear()
      continue
    }
    let same = 0
    while (same < before.length && before[same] === frame[same]) same++
    const [old, fresh] = [before.slice(same), frame.slice(same)]
    for (const { key } of old) held.delete(key)
    checkFrame(frame[same - 1], fresh, { held, seqs, complain })
    if (!isReset)
      checkChange(old, fresh, { held, discarded: history.discarded, byId, conversation, isShaken, floors: [firstSeq(before), firstSeq(frame)], complain })
    isReset = false
    before = frame
  }
  return [...ever, ...seqs]
}

type FrameFacts = { readonly held: Set<string>; readonly seqs: Map<string, number>; readonly complain: Complain }

function checkFrame(above: Shown | undefined, fresh: readonly Shown[], { held, seqs, complain }: FrameFacts): void {
  let previous = above
  for (const item of fresh) {
    if (held.has(item.key)) complain(`showed ${item.key} twice at once`)
    held.add(item.key)
    if (item.seq !== null) {
      if (previous?.seq === null) complain(`showed row ${item.seq} behind what was not confirmed`)
      else if (previous && (previous.seq ?? 0) >= item.seq) complain(`showed row ${item.seq} behind row ${previous.seq}`)
      const known = seqs.get(item.key)
      if (known !== undefined && known !== item.seq) complain(`showed ${item.key} as row ${known}, then as row ${item.seq}`)
      seqs.set(item.key, item.seq)
    }
    previous = item
  }
}

/** Below this nothing is shown yet: older history is fetched when it is asked for. 0 when no row is shown at all. */
const firstSeq = (frame: readonly Shown[]): number => frame.find((item) => item.seq !== null)?.seq ?? 0

type ChangeFacts = {
  readonly held: ReadonlySet<string>
  readonly discarded: ReadonlySet<string>
  readonly byId: ById
  readonly conversation: string
  readonly isShaken: boolean
  /** Of the old frame and the new one. */
  readonly floors: readonly [number, number]
  readonly complain: Complain
}

/**
 * What was shown stays, in its order. Failed items stand aside at the end, so others may pass them; and so may what was
 * discarded where the storage could not note it.
 * What a former visit had left unanswered may turn out to stand far up, in history that is not shown:
 * it goes there. So does what turns out to stand in a conversation that was closed before this one.
 */
function checkChange(old: readonly Shown[], fresh: readonly Shown[], { held, discarded, byId, conversation, isShaken, floors, complain }: ChangeFacts): void {
  if (old.length === 0) return
  const isAbove = (key: string, floor: number): boolean => byId.get(key)?.some((row) => row.seq < floor || row.conversation !== conversation) ?? false
  const places = new Map(old.map((item, index) => [item.key, item.status === 'failed' ? -1 : index]))
  let last = -1
  for (const { key, status, seq } of fresh) {
    const place = status === 'failed' || discarded.has(key) ? -1 : (places.get(key) ?? -1)
    if (place === -1 || (seq === null ? isAbove(key, floors[1]) : seq < floors[0])) continue
    if (place < last && !isShaken) complain(`swapped ${key} with what was before it`)
    last = Math.max(last, place)
  }
  for (const { key, seq } of old) {
    const mayLeave = held.has(key) || (seq === null && (discarded.has(key) || isAbove(key, floors[1] || Infinity)))
    if (!mayLeave) complain(`showed ${key}, and then no more`)
  }
}

/** In the end a viewer shows what the log holds, and nothing else but what failed. */
function compareEnd({ frames, conversation }: Viewer, { log }: History, complain: Complain): void {
  const last = frames.findLast((frame) => typeof frame !== 'string') ?? []
  const shown = last.filter((item) => item.seq !== null).map(({ key, seq }) => `${seq} ${key}`)
  const expected = log.filter((row) => row.conversation === conversation && isShown(row)).map(({ messageId, seq }) => `${seq} ${messageId}`)
  const wrong = expected.findIndex((row, index) => row !== shown[index])
  if (wrong !== -1) complain(`shows ${shown[wrong] ?? 'nothing'} in the end where the log has ${expected[wrong]}`)
  else if (shown.length > expected.length) complain(`shows ${shown[expected.length]} in the end, and the log has nothing there`)
  for (const { key, seq, status } of last) if (seq === null && status !== 'failed') complain(`shows ${key} as ${status} in the end`)
}
