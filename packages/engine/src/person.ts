import { findForeignFault } from '@parley/protocol'

/**
 * Somebody whom the host's server has named, or the outside system behind the inbox. `name` is what the others see;
 * `roles` say what they may use.
 */
export type Person = {
  readonly subject: string
  readonly name: string | null
  readonly roles?: readonly string[]
  /** Whose word it is. The same subject of another's word is another person. Default: the host's. */
  readonly namedBy?: 'host' | 'connector'
}

const MOST_SUBJECT = 200
const MOST_NAME = 200
const MOST_ROLES = 20
const MOST_ROLE = 64
/** All together as UTF-8 JSON: they travel in our own token, which has 4,096 characters at most. */
const MOST_ROLES_BYTES = 2_000

/** What somebody else says of a person, if it is as wanted: texts that are not blank, and a list of roles. */
export function readPerson({ subject, name, roles }: Readonly<Record<'subject' | 'name' | 'roles', unknown>>): Required<Omit<Person, 'namedBy'>> | null {
  const list = readRoles(roles)
  if (!list || !isText(subject, MOST_SUBJECT) || !(name === null || isText(name, MOST_NAME))) return null
  return { subject, name, roles: list }
}

/** At most 20 roles of 1 to 64 characters, 2,000 bytes together; `null` for anything else. */
export function readRoles(roles: unknown): readonly string[] | null {
  if (!Array.isArray(roles) || roles.length > MOST_ROLES) return null
  const list: unknown[] = roles
  if (!list.every((role) => isText(role, MOST_ROLE))) return null
  return new TextEncoder().encode(JSON.stringify(list)).length <= MOST_ROLES_BYTES ? (list as string[]) : null
}

/** Half characters could not be stored, and no client would take the row that they stand in. */
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= most && findForeignFault(value) === null
