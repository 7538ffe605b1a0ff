import { FIGURES } from './figures.js'
import type { Results } from './bench.js'
import { median } from './statistics.js'
import { type Figure, judge, type Verdict } from './verdict.js'

export type Line = { readonly id: string; readonly value: number; readonly values: readonly number[]; readonly verdict: Verdict; readonly detail: string }

/** What was measured, judged, in the order of the table. */
export function judgeAll(results: Results): Line[] {
  return FIGURES.flatMap((figure) => {
    const measured = results[figure.id as keyof Results]
    if (!measured) return []
    const value = median(measured.values)
    const { values, detail } = measured
    return [{ id: figure.id, value, values, verdict: judge(figure, value, measured.isBeside), detail }]
  })
}

const FORMATS: Readonly<Record<Figure['unit'], (value: number) => string>> = {
  x: (value) => `${value.toFixed(2)} x`,
  ms: (value) => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`,
  MiB: (value) => `${value.toFixed(2)} MiB`,
  messages: (value) => String(value)
}
const SIGNS: Readonly<Record<Figure['good'], string>> = { 'at most': '<=', 'at least': '>=' }

/** The table, one figure a line and what it is made of below. */
export function table(lines: readonly Line[]): string {
  const row = (cells: readonly string[]): string =>
    `${cells[0]?.padEnd(57)} ${cells
      .slice(1)
      .map((cell) => cell.padStart(11))
      .join(' ')}`
  const rows = lines.flatMap((line) => {
    const figure = FIGURES.find((one) => one.id === line.id)
    if (!figure) return []
    const format = FORMATS[figure.unit]
    const sign = SIGNS[figure.good]
    return [row([figure.what, `${sign} ${format(figure.hold)}`, `${sign} ${format(figure.aim)}`, format(line.value), line.verdict]), `    ${line.detail}`]
  })
  return [row(['figure', 'hold', 'aim', 'measured', 'verdict']), ...rows].join('\n')
}
