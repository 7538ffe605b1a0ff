import type { ConnectorRequest } from '../connector.js'
import { requestOf, textBytes } from './connector-bench.js'

const DEEP = 100_000

const BODIES = [
  '',
  ' ',
  'null',
  '0',
  '"text"',
  '[]',
  '{}',
  '{',
  '{"correlation":null}',
  '{"correlation":[]}',
  '{"correlation":{"runId":1,"replyToken":{}}}',
  '{"correlation":{"runId":"../../x","replyToken":"\\u0000"}}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"text":"\\ud800"}',
  `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  'a=1&a=2',
  '<?xml version="1.0"?><a/>'
]
const PATHS = [
  '',
  '/',
  'runs',
  'runs/',
  'runs/x',
  'runs/../x',
  'runs/%2e%2e',
  'start',
  'callback/',
  'callback/x.y',
  'constructor',
  '__proto__',
  '\u0000',
  'x'.repeat(5_000)
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'BREW']
const QUERIES: readonly Readonly<Record<string, string>>[] = [{}, { link: '__proto__' }, { secretId: '1'.repeat(10_000), error: '<script>', link: '\u0000' }]

/** Requests that no partner of ours sends: every address × body, every address × method × query, and binary. */
export function* garbageRequests(paths: readonly string[]): Generator<ConnectorRequest> {
  for (const door of ['hooks', 'accounts'] as const) {
    for (const path of [...PATHS, ...paths]) {
      for (const text of BODIES) yield requestOf({ door, path, body: textBytes(text) })
      for (const method of METHODS) for (const query of QUERIES) yield requestOf({ door, path, method, query, cookies: { a: '\u0000' } })
      yield requestOf({ door, path, headers: {}, body: Uint8Array.from({ length: 256 }, (_, index) => index) })
      yield requestOf({ door, path, headers: { authorization: 'Bearer x', 'content-type': 'x'.repeat(1_000) }, body: textBytes('\ufeff{}') })
    }
  }
}
