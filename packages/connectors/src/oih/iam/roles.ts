import { findForeignFault } from '@parley/protocol'

/** What the engine takes of a person: so many roles, of so many characters, in so many bytes of UTF-8 JSON together. */
const MOST_ROLES = 20
const MOST_CHARACTERS = 64
const MOST_BYTES = 2_000

/** Those of these names that can be taken, each once. One odd name is left out; it does not keep a person out. */
export function takeRoles(names: readonly string[]): readonly string[] {
  const roles: string[] = []
  let bytes = 1
  for (const name of new Set(names)) {
    if (roles.length === MOST_ROLES) break
    if (!isRole(name)) continue
    const more = new TextEncoder().encode(JSON.stringify(name)).length + 1
    if (bytes + more > MOST_BYTES) continue
    bytes += more
    roles.push(name)
  }
  return roles
}

/** Half characters could be stored nowhere. */
const isRole = (name: string): boolean => name.length <= MOST_CHARACTERS && name.trim() !== '' && findForeignFault(name) === null
