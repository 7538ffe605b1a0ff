/**
 * What can be done to one direction of a line. Kinds and meaning are those of Shopify's toxiproxy.
 * `afterMs` counts from the moment the toxic was set, or the line was opened if that was later.
 */
export type Toxic =
  /** Every piece comes later by `delayMs`, give or take `jitterMs` (default 0). Order is kept. */
  | { readonly kind: 'latency'; readonly delayMs: number; readonly jitterMs?: number }
  | { readonly kind: 'bandwidth'; readonly bytesPerS: number }
  /** The end of the line is told this much later. */
  | { readonly kind: 'slowClose'; readonly delayMs: number }
  /** A black hole: nothing comes through, not even the end. The line is closed after `afterMs`; default: never. */
  | { readonly kind: 'timeout'; readonly afterMs?: number }
  /** The line is reset (RST, not FIN). Default: at once. */
  | { readonly kind: 'resetPeer'; readonly afterMs?: number }
  /** Pieces of `bytes`, give or take `varyBytes` (default 0), with `pauseMs` (default 0) between them. */
  | { readonly kind: 'slicer'; readonly bytes: number; readonly varyBytes?: number; readonly pauseMs?: number }
  /** The line is closed once this many bytes of it went through, counted from its opening. */
  | { readonly kind: 'limitData'; readonly bytes: number }

export type ToxicKind = Toxic['kind']
/** `up`: from the client to the target. */
export type Direction = 'up' | 'down'
export const DIRECTIONS: readonly Direction[] = ['up', 'down']

/** At most one toxic of each kind, with the moment it was set. */
export type Toxics = { readonly [Kind in ToxicKind]?: Extract<Toxic, { readonly kind: Kind }> & { readonly setAt: number } }
export const NO_TOXICS: Toxics = {}

export const withToxic = (toxics: Toxics, toxic: Toxic, setAt: number): Toxics => ({ ...toxics, [toxic.kind]: { ...toxic, setAt } })

export function withoutToxic(toxics: Toxics, kind: ToxicKind): Toxics {
  const { [kind]: _gone, ...rest } = toxics
  return rest
}
