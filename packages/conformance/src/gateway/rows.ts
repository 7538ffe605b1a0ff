import type { KnownEvent, ParleyEvent } from '@parley/protocol'
import { Broken, shown } from '../check.js'

/** @throws Broken unless the numbers go up by one from row to row */
export function demandNoHoles(rows: readonly ParleyEvent[], whose: string): void {
  const numbers = rows.map(({ seq }) => seq)
  const at = numbers.findIndex((seq, index) => index > 0 && seq !== (numbers[index - 1] ?? 0) + 1)
  if (at !== -1) throw new Broken(`${whose}: number ${numbers[at]} after number ${numbers[at - 1]}`, 'numbers that go up by one, none left out and none twice')
}

/** Rows as what they say, for comparing what two lines heard. */
export const asText = (rows: readonly ParleyEvent[]): readonly string[] => rows.map((row) => shown(row))

export const holds = (rows: readonly ParleyEvent[], messageId: string): boolean => rows.some((row) => row.messageId === messageId)
export const upTo = (rows: readonly ParleyEvent[], seq: number): boolean => (rows.at(-1)?.seq ?? 0) >= seq
export const rowOf = (rows: readonly ParleyEvent[], messageId: string): ParleyEvent | undefined => rows.find((row) => row.messageId === messageId)

export function wordsOf(row: ParleyEvent | undefined): string {
  if (row?.type !== 'message.created') return shown(row)
  const [part] = (row as KnownEvent & { readonly type: 'message.created' }).body.parts
  return part?.kind === 'text' ? part.text : shown(part)
}
