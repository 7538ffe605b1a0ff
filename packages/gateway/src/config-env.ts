import { startFault } from './start-fault.js'

export type Environment = Readonly<Record<string, string | undefined>>

const ENV = /^env:([A-Za-z_][A-Za-z0-9_]*)$/

/**
 * The configuration with every `env:NAME` replaced by what the environment holds, at any depth.
 * @returns the values put in, too, so that they can be kept out of messages
 * @throws StartFault when one is not set
 */
export function resolveEnvironment(value: unknown, environment: Environment): { readonly value: unknown; readonly taken: ReadonlyMap<string, string> } {
  const taken = new Map<string, string>()
  const resolve = (found: unknown, path: string): unknown => {
    if (typeof found === 'string') return resolveText(found, path)
    if (Array.isArray(found)) return found.map((one, index) => resolve(one, join(path, String(index))))
    if (typeof found !== 'object' || found === null) return found
    return Object.fromEntries(Object.entries(found).map(([name, one]) => [name, resolve(one, join(path, name))]))
  }
  const resolveText = (found: string, path: string): string => {
    const name = ENV.exec(found)?.[1]
    if (name === undefined) return found
    const text = environment[name]
    if (!text) throw startFault(path || 'the configuration', `"${found}", but ${name} is not set`, `a value in the environment variable ${name}`)
    taken.set(name, text)
    return text
  }
  return { value: resolve(value, ''), taken }
}

const join = (path: string, name: string): string => (path ? `${path}.${name}` : name)

/** Shorter values are too likely to be part of any sentence. */
const LEAST_HIDDEN = 4

/** The line without anything that came from the environment: it may be a secret that stands at the wrong key. */
export function hideTaken(line: string, taken: ReadonlyMap<string, string>): string {
  let shown = line
  for (const [name, text] of taken) if (text.length >= LEAST_HIDDEN) shown = shown.replaceAll(text, `env:${name}`)
  return shown
}
