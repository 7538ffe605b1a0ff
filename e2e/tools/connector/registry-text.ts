import type { Names } from './names.js'

const BEGIN = 'Promise<ConnectorModule>>> = {\n'
const END = '\n}\n'
const ENTRY = /^ {2}(?:'([a-z0-9-]+)'|([a-z0-9]+)): async \(\) => .+$/

/** The registry with one line more, in the order of the alphabet. @throws Error when the file is not as it was */
export function withConnector(text: string, { kebab, camel }: Names): string {
  const start = text.indexOf(BEGIN) + BEGIN.length
  const end = text.indexOf(END, start)
  const lines = text.slice(start, end).split(',\n')
  if (start < BEGIN.length || end === -1 || lines.some((line) => !ENTRY.test(line)))
    throw new Error('packages/connectors/src/registry.ts is not as wanted: one line for each connector, `name: async () => (await import(…)).name`')
  const key = kebab.includes('-') ? `'${kebab}'` : kebab
  const all = [...lines, `  ${key}: async () => (await import('./${kebab}/index.js')).${camel}`]
  return `${text.slice(0, start)}${all.sort((one, other) => (nameIn(one) < nameIn(other) ? -1 : 1)).join(',\n')}${text.slice(end)}`
}

export const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^ {2}(?:'([a-z0-9-]+)'|([a-z0-9]+)): async/gm)].map(([, quoted, plain]) => quoted ?? plain ?? '')

function nameIn(line: string): string {
  const [, quoted, plain] = ENTRY.exec(line) ?? []
  return quoted ?? plain ?? ''
}
