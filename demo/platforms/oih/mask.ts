/** Names of fields whose values open something. */
const SECRET = /authorization|token|secret|password|cookie|hmac/i

/** The same without what opens something, for everything that is shown or kept: events carry whole flows, and callers' headers. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, SECRET.test(name) && typeof inner === 'string' ? '***' : masked(inner)]))
}
