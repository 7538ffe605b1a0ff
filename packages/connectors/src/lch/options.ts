import { ParleyError } from '@parley/protocol'
import type { DmsCustomer } from '../dms/types.js'
import type { LchOptions } from './types.js'

export type CheckedOptions = { readonly url: string; readonly customer: DmsCustomer | null; readonly name: string }

const MOST_CHARACTERS = 200

/** @throws ParleyError `option.invalid` names what was found and what is wanted */
export function checkOptions({ url, customer, name = 'Assistant' }: LchOptions): CheckedOptions {
  if (!isWords(name)) throw invalid('name', name, `a text of 1 to ${MOST_CHARACTERS} characters`)
  return { url: checkUrl(url), customer: checkCustomer(customer), name }
}

/** Socket.IO takes a path for the name of a namespace, and the hook has none. */
function checkUrl(url: unknown): string {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  const isOrigin = parsed !== null && /^https?:$/.test(parsed.protocol) && `${parsed.pathname}${parsed.search}${parsed.hash}` === '/' && parsed.username === ''
  if (!isOrigin) throw invalid('url', url, 'the origin of the hook, like https://hook.example.com')
  return parsed.origin
}

function checkCustomer(customer: unknown): DmsCustomer | null {
  if (customer === undefined) return null
  const { id, name } = (customer ?? {}) as Partial<Record<keyof DmsCustomer, unknown>>
  if (id !== '' && !isWords(id))
    throw invalid('customer.id', id, `the customer’s number as a text of at most ${MOST_CHARACTERS} characters, or "" for nobody known`)
  if (!isWords(name)) throw invalid('customer.name', name, `a text of 1 to ${MOST_CHARACTERS} characters`)
  return { id, name }
}

const isWords = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '' && value.length <= MOST_CHARACTERS

const invalid = (name: string, found: unknown, wanted: string): ParleyError =>
  new ParleyError('option.invalid', `"${name}" is ${JSON.stringify(found) ?? String(found)}; wanted is ${wanted}.`)
