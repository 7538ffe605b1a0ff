import type { Flow } from './flow.js'

/** What `GET /flows` was asked for, and the page that answers it. */
export type FlowQuery = {
  readonly size: number
  readonly number: number
  readonly status: 'active' | 'inactive' | null
  readonly type: Flow['type'] | null
  readonly sort: { readonly field: 'createdAt' | 'updatedAt' | 'name' | 'id'; readonly isDown: boolean }
  readonly search: string
}
export type FlowPage = {
  readonly data: readonly Flow[]
  readonly meta: { readonly total: number; readonly page: number; readonly perPage: number; readonly totalPages: number }
}

/** `starting` and `stopping` are statuses too, but nobody may ask for them. */
const STATUS: Readonly<Record<string, FlowQuery['status']>> = { active: 'active', '1': 'active', inactive: 'inactive', '0': 'inactive' }

/** @returns what is wrong as a text */
export function readFlowQuery(query: Readonly<Record<string, string>>): FlowQuery | string {
  const status = query['filter[status]']
  const type = query['filter[type]']
  if (status !== undefined && !Object.hasOwn(STATUS, status)) return 'Invalid filter[status] parameter'
  if (type !== undefined && type !== 'ordinary' && type !== 'long_running') return 'Invalid filter[type] parameter'
  const [, minus, field] = /^(-?)(createdAt|updatedAt|name)$/.exec(query.sort ?? '') ?? []
  if (query.sort !== undefined && field === undefined) return 'Invalid sort parameter'
  return {
    size: atLeastOne(query['page[size]'], 10),
    number: atLeastOne(query['page[number]'], 1),
    status: status === undefined ? null : (STATUS[status] ?? null),
    type: type ?? null,
    sort: { field: (field as 'createdAt' | 'updatedAt' | 'name' | undefined) ?? 'id', isDown: minus === '-' },
    // All but letters, numbers, `-`, `_` and spaces is taken out, as in the original.
    search: (query.search ?? '')
      .replace(/[^\p{L}\p{N}\-_\s]/gu, '')
      .trim()
      .toLowerCase()
  }
}

export function pageOf(flows: readonly Flow[], { size, number, status, type, sort, search }: FlowQuery): FlowPage {
  const sign = sort.isDown ? -1 : 1
  const found = flows
    .filter((flow) => (status === null || flow.status === status) && (type === null || flow.type === type))
    .filter((flow) => `${flow.name}\n${flow.description}`.toLowerCase().includes(search))
    .sort((one, other) => sign * compare(one[sort.field], other[sort.field]))
  return {
    data: found.slice((number - 1) * size, number * size),
    meta: { total: found.length, page: number, perPage: size, totalPages: Math.ceil(found.length / size) }
  }
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

function atLeastOne(text: string | undefined, otherwise: number): number {
  const number = Number.parseInt(text ?? '', 10)
  return number >= 1 ? number : otherwise
}
