import { SECRETS } from './bundle-faults.mjs'

/**
 * What may not stand in any file of the repository: paths of somebody's machine, addresses of a
 * package registry (the lockfile must work from any), secrets, tests that are switched off or alone,
 * and ways around the compiler. Patterns are written so that they do not find themselves.
 */
const TEXT_RULES = [
  { name: 'path of a machine', pattern: /(?<![\w.~}>)-])\/(?:root|work|home\/\w+|Users\/\w+)\/\w/g },
  { name: 'path of a machine', pattern: /\/tmp\/[a-z]/g },
  { name: 'address of a package registry', pattern: /\/\/(?:[\w-]+[.])*registry[.][\w.]+|\bregistry[.](?:npmjs|yarnpkg)|npm[.]pkg[.]github/g },
  { name: 'number of an issue', pattern: /\b[Ii]ssue #?\d/g }
]
const CODE_RULES = [
  { name: 'test that is switched off or alone', pattern: /\b(?:test|it|describe)[.](?:skip|only|todo|fixme|fails)\b/g },
  { name: 'way around the compiler', pattern: /@ts-(?:ignore|nocheck|expect-error)/g },
  { name: 'left from debugging', pattern: /^\s*debugger\b/gm }
]
const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/
/** Files that must name what is forbidden, to test that it is found. */
const EXEMPT = /(?:text-faults|bundle-faults)(?:\.test)?\.mjs$/

/** Made-up tokens and addresses with a password are what some tests are about. */
const MADE_UP = /^demo\/platforms\/|\.test\.\w+$|\/fixtures\//
const NEVER_MADE_UP = new Set(['private key', 'provider key'])

const secretsFor = (path) => (MADE_UP.test(path) ? SECRETS.filter(({ name }) => NEVER_MADE_UP.has(name)) : SECRETS)

/** @returns one line per fault: path, line number, what it is and the text found */
export function textFaults(path, text) {
  if (EXEMPT.test(path)) return []
  const rules = [...TEXT_RULES, ...secretsFor(path), ...(CODE.test(path) ? CODE_RULES : [])]
  return rules.flatMap(({ name, pattern }) =>
    [...text.matchAll(pattern)].map((match) => `${path}:${text.slice(0, match.index).split('\n').length}: ${name}: ${match[0].trim()}`)
  )
}
