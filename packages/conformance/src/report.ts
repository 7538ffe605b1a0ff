import type { BrokenOutcome, Outcome } from './check.js'

export type Kind = 'bot' | 'gateway'
/** All that a run found, as it stands in the file of `--json`. */
export type Report = {
  readonly url: string
  readonly kind: Kind
  readonly seed: number
  readonly held: number
  readonly broken: number
  readonly skipped: number
  readonly outcomes: readonly Outcome[]
}

export function makeReport(what: Pick<Report, 'url' | 'kind' | 'seed'>, outcomes: readonly Outcome[]): Report {
  const count = (state: Outcome['state']): number => outcomes.filter((one) => one.state === state).length
  return { ...what, held: count('held'), broken: count('broken'), skipped: count('skipped'), outcomes }
}

type Paint = { readonly good: (text: string) => string; readonly bad: (text: string) => string; readonly dim: (text: string) => string }
const ANSI = { good: '32', bad: '31', dim: '2' } as const
const escaped = (code: string) => (text: string) => `\u001b[${code}m${text}\u001b[0m`
const plain = (text: string): string => text

export const paintFor = (isColoured: boolean): Paint =>
  isColoured ? { good: escaped(ANSI.good), bad: escaped(ANSI.bad), dim: escaped(ANSI.dim) } : { good: plain, bad: plain, dim: plain }

/** One line for one check. */
export function lineOf(outcome: Outcome, paint: Paint): string {
  switch (outcome.state) {
    case 'held':
      return `${paint.good('✓')} ${outcome.id}  ${outcome.rule} ${paint.dim(`${outcome.ms} ms`)}`
    case 'broken':
      return `${paint.bad('✗')} ${outcome.id}  ${outcome.rule}`
    case 'skipped':
      return paint.dim(`– ${outcome.id}  not tried: ${outcome.why}`)
    default:
      return outcome satisfies never
  }
}

const NAMES: Readonly<Record<Kind, string>> = { bot: 'webhook bot', gateway: 'gateway' }

/** What is said at the end: what was found and what is wanted of each rule that does not hold, then the counts. */
export function summaryOf(report: Report, paint: Paint): string {
  const broken = report.outcomes.filter((one): one is BrokenOutcome => one.state === 'broken')
  const faults = broken.flatMap(({ id, rule, found, wanted }) => [
    `${paint.bad('✗')} ${id}`,
    `  rule:   ${rule}`,
    `  found:  ${found}`,
    `  wanted: ${wanted}`,
    ''
  ])
  const counts = `${report.held} held, ${report.broken} broken, ${report.skipped} not tried`
  const verdict = report.broken === 0 ? paint.good('conforms') : paint.bad('does not conform')
  return ['', ...faults, `The ${NAMES[report.kind]} at ${report.url} ${verdict}: ${counts} (seed ${report.seed}).`].join('\n')
}
