/** What may be made to go wrong, by a test or on the page. A fault lasts until it is mended. */

/**
 * Of `POST /messages` — `down`: 503. `unreachable`: nobody listens, the page neither. `hang`: never answers; `cut`: ends the
 * connection instead of answering; both with `isTaken` once the message was taken. `unauthorised`: 401. `forbidden`: 403.
 * `busy`: 429. `failing`: 500 so many times.
 * Of the webhook — `double`: each message twice. `late`: each one later. `reordered`: each second one before the first.
 */
export type PegaFault =
  | { readonly kind: 'down' | 'unreachable' | 'unauthorised' | 'forbidden' | 'double' | 'reordered' }
  | { readonly kind: 'hang' | 'cut'; readonly isTaken?: boolean }
  | { readonly kind: 'busy'; readonly retryAfterS?: number }
  | { readonly kind: 'failing'; readonly times?: number }
  | { readonly kind: 'late'; readonly ms?: number }
export type FaultKind = PegaFault['kind']

export interface Faults {
  /** What is broken now. */
  readonly kinds: readonly FaultKind[]
  set(fault: PegaFault): void
  /** Without a kind: everything. */
  mend(kind?: FaultKind): void
  /** What the next message meets on its way in; counts it. */
  takeMessageFault(): MessageFault | null
  has(kind: FaultKind): boolean
  /** How much later a webhook is sent, in ms. */
  readonly lateMs: number
}

/** `isTaken`: the message counts as taken all the same. */
export type MessageFault =
  | { readonly kind: 'status'; readonly status: 401 | 403 | 429 | 500 | 503; readonly retryAfterS: number | null }
  | { readonly kind: 'hang' | 'cut'; readonly isTaken: boolean }

const RETRY_AFTER_S = 5
const TIMES = 3
const LATE_MS = 5_000

/** @param changed told whenever something breaks or is whole again */
export function createFaults(changed: () => void): Faults {
  let faults: ReadonlyMap<FaultKind, PegaFault> = new Map()
  const put = (next: ReadonlyMap<FaultKind, PegaFault>): void => {
    faults = next
    changed()
  }
  const mend = (kind?: FaultKind): void => put(new Map(kind === undefined ? [] : [...faults].filter(([other]) => other !== kind)))

  return {
    get kinds() {
      return [...faults.keys()]
    },
    get lateMs() {
      const late = faults.get('late')
      return late?.kind === 'late' ? (late.ms ?? LATE_MS) : 0
    },
    set: (fault) => put(new Map([...faults, [fault.kind, fault]])),
    mend,
    has: (kind) => faults.has(kind),
    takeMessageFault() {
      for (const fault of faults.values()) {
        const met = messageFault(fault)
        if (!met) continue
        if (fault.kind === 'failing') {
          const times = (fault.times ?? TIMES) - 1
          if (times > 0) put(new Map([...faults, ['failing', { kind: 'failing', times }]]))
          else mend('failing')
        }
        return met
      }
      return null
    }
  }
}

const status = (code: 401 | 403 | 429 | 500 | 503, retryAfterS: number | null = null): MessageFault => ({ kind: 'status', status: code, retryAfterS })

function messageFault(fault: PegaFault): MessageFault | null {
  switch (fault.kind) {
    case 'down':
      return status(503)
    case 'unauthorised':
      return status(401)
    case 'forbidden':
      return status(403)
    case 'busy':
      return status(429, fault.retryAfterS ?? RETRY_AFTER_S)
    case 'failing':
      return status(500)
    case 'hang':
    case 'cut':
      return { kind: fault.kind, isTaken: fault.isTaken ?? false }
    case 'unreachable':
    case 'double':
    case 'late':
    case 'reordered':
      return null
    default:
      return fault satisfies never
  }
}
