import type { AuditRecord } from './audit-log.js'

/** Reads audit records that somebody sends, strictly: what is wrong is named. */

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

const MOST_AT_ONCE = 500

/** @returns a text when one of them is not a record */
export function readRecords(body: unknown): readonly AuditRecord[] | string {
  const sent = Array.isArray(body) ? body : [body]
  if (sent.length === 0 || sent.length > MOST_AT_ONCE) return `1 to ${MOST_AT_ONCE} records are taken at once, not ${sent.length}.`
  const records: AuditRecord[] = []
  for (const [index, one] of sent.entries()) {
    const record = readRecord(one)
    if (typeof record === 'string') return Array.isArray(body) ? `Record ${index}: ${record}` : record
    records.push(record)
  }
  return records
}

function readRecord(sent: unknown): AuditRecord | string {
  if (!isFields(sent)) return 'A record is an object.'
  const unknown = Object.keys(sent).find((name) => name !== 'headers' && name !== 'payload')
  if (unknown !== undefined) return `"${unknown.slice(0, 50)}" is not a part of a record; headers and payload are.`
  const { headers, payload } = sent
  if (!isFields(headers)) return 'headers is missing.'
  const { name, serviceName, createdAt } = headers
  if (typeof name !== 'string' || !/^[\w-]+(\.[\w-]+)+$/.test(name) || name.length > 200)
    return 'headers.name is to be words with dots between, like "flow.started".'
  if (typeof serviceName !== 'string' || serviceName === '' || serviceName.length > 200) return 'headers.serviceName is to be a text.'
  if (typeof createdAt !== 'number' || !Number.isSafeInteger(createdAt) || createdAt < 0) return 'headers.createdAt is to be a whole number of milliseconds.'
  if (!isFields(payload)) return 'payload is to be an object.'
  return { headers: { name, serviceName, createdAt }, payload }
}
