type Value = string | Value[] | { [key: string]: Value }

/** A query as the webhooks service reads it: `?p=1&p=2&q[x]=3` → `{ p: ['1','2'], q: { x: '3' } }`. */
export function readQuery(search: string): Record<string, Value> {
  const out: Record<string, Value> = Object.create(null)
  for (const [name, value] of new URLSearchParams(search)) {
    const [, outer = name, inner] = /^([^[\]]+)\[([^[\]]+)\]$/.exec(name) ?? []
    const before = out[outer]
    if (inner !== undefined) out[outer] = { ...(typeof before === 'object' && !Array.isArray(before) ? before : {}), [inner]: value }
    else out[outer] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return { ...out }
}
