import type { FaultProxy } from '../../demo/break/fault-proxy/fault-proxy.js'
import { type Fault, strike } from './weather.js'

/** The shapes of bad lines that the fault plan names. */
type Shape = { readonly name: string } & Pick<Fault, 'kind' | 'direction' | 'some'>
export const SHAPES: readonly Shape[] = [
  { name: 'drop', kind: 'close', direction: 'both', some: 0 },
  { name: 'reset', kind: 'reset', direction: 'both', some: 100 },
  { name: 'black hole up', kind: 'blackHole', direction: 'up', some: 0 },
  { name: 'black hole down', kind: 'blackHole', direction: 'down', some: 0 },
  { name: 'black hole both ways', kind: 'blackHole', direction: 'both', some: 0 },
  { name: 'latency 500 ± 500 ms', kind: 'latency', direction: 'both', some: 0 },
  { name: '8 KiB/s', kind: 'bandwidth', direction: 'both', some: 0 },
  { name: 'slow close', kind: 'slowClose', direction: 'both', some: 0 },
  { name: 'slices of 1 byte', kind: 'slices', direction: 'both', some: 40 },
  { name: 'cut after 900 bytes', kind: 'cutAfterBytes', direction: 'both', some: 900 }
]

/** Every shape with every later one. */
export const PAIRS: readonly (readonly Shape[])[] = SHAPES.flatMap((one, index) => SHAPES.slice(index + 1).map((other) => [one, other]))

/** Lets all of them happen. @returns ends them */
export function strikeAll(proxies: readonly FaultProxy[], shapes: readonly Shape[]): () => Promise<void> {
  const ends = shapes.map((shape) => strike(proxies, shape))
  return async () => {
    for (const end of ends) await end()
  }
}

/** The list in pieces of this size. */
export const inPieces = <Value>(list: readonly Value[], size: number): readonly (readonly Value[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size))
