import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectPacket, decode, eventPacket, PONG, type Packet } from './packets.js'

/** Any UTF-16 units, lone halves of a pair too. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) })

const UNKNOWN: Packet = { kind: 'unknown' }
const NO_ENGINE: Packet = { kind: 'end', detail: 'no Engine.IO' }

const READ: readonly (readonly [text: string, packet: Packet])[] = [
  ['0{"sid":"a","upgrades":[],"pingInterval":15000,"pingTimeout":10000,"maxPayload":65536}', { kind: 'open', pingMs: 25_000 }],
  ['0{"pingInterval":1,"pingTimeout":0}', { kind: 'open', pingMs: 1 }],
  ['0', NO_ENGINE],
  ['0{', NO_ENGINE],
  ['0null', NO_ENGINE],
  ['0{}', NO_ENGINE],
  ['0{"pingInterval":"15000","pingTimeout":10000}', NO_ENGINE],
  ['0{"pingInterval":0,"pingTimeout":0}', NO_ENGINE],
  ['0{"pingInterval":-9,"pingTimeout":1}', NO_ENGINE],
  ['1', { kind: 'end', detail: 'closed by the gateway' }],
  ['2', { kind: 'ping' }],
  ['3', UNKNOWN],
  ['3probe', UNKNOWN],
  ['40{"sid":"b"}', { kind: 'connected' }],
  ['40', UNKNOWN],
  ['40/admin,{"sid":"b"}', UNKNOWN],
  ['41', { kind: 'end', detail: 'disconnected by the gateway' }],
  ['41/admin,', UNKNOWN],
  ['42["drain",{"spreadMs":7}]', { kind: 'event', name: 'drain', payload: { spreadMs: 7 } }],
  ['42["drain"]', { kind: 'event', name: 'drain', payload: undefined }],
  ['42["drain",1,2]', { kind: 'event', name: 'drain', payload: 1 }],
  ['4217["drain",{"spreadMs":7}]', { kind: 'event', name: 'drain', payload: { spreadMs: 7 } }],
  ['42["grüße 👋\\u2028",null]', { kind: 'event', name: 'grüße 👋\u2028', payload: null }],
  ['42/admin,["drain",{}]', UNKNOWN],
  ['42', UNKNOWN],
  ['42[]', UNKNOWN],
  ['42[1,{}]', UNKNOWN],
  ['42{"0":"drain"}', UNKNOWN],
  ['42["drain",{', UNKNOWN],
  ['42["drain",{}]x', UNKNOWN],
  ['430[{"ok":true}]', { kind: 'answer', id: 0, answer: { ok: true } }],
  ['4312[{"ok":true},2]', { kind: 'answer', id: 12, answer: { ok: true } }],
  ['435[]', { kind: 'answer', id: 5, answer: undefined }],
  ['43[{"ok":true}]', UNKNOWN],
  ['43-1[{"ok":true}]', UNKNOWN],
  ['435{"ok":true}', UNKNOWN],
  ['44{"message":"refused","data":{"code":"auth.expired"}}', { kind: 'refused', text: 'refused', data: { code: 'auth.expired' } }],
  ['44{"message":{}}', { kind: 'refused', text: 'unknown', data: undefined }],
  ['44"Invalid namespace"', UNKNOWN],
  ['451-["drain",{"_placeholder":true,"num":0}]', UNKNOWN],
  ['461-7[{"_placeholder":true,"num":0}]', UNKNOWN],
  ['4', UNKNOWN],
  ['49', UNKNOWN],
  ['4\u{1F44B}', UNKNOWN],
  ['5', UNKNOWN],
  ['6', UNKNOWN],
  ['bAQID', UNKNOWN],
  ['', UNKNOWN],
  ['x', UNKNOWN],
  [`42["drain",${'['.repeat(100_000)}`, UNKNOWN]
]

test.each(READ.map(([text, packet]) => [text.slice(0, 60), text, packet] as const))('reads %s', (_start, text, packet) => {
  expect(decode(text)).toEqual(packet)
})

test('what is written stands on the wire as the protocol has it', () => {
  expect([PONG, connectPacket({ v: 1 }), eventPacket(0, 'probe', {}), eventPacket(12, 'append', { a: '"👋' })]).toEqual([
    '3',
    '40{"v":1}',
    '420["probe",{}]',
    '4212["append",{"a":"\\"👋"}]'
  ])
})

test('any event that is written is read as the same, and its number is not part of it', () => {
  fc.assert(
    fc.property(fc.nat(), anyText, fc.json(), (id, name, json) => {
      const payload: unknown = JSON.parse(json)
      const again = [decode(eventPacket(id, name, payload)), decode(`43${id}${JSON.stringify([payload])}`)]
      expect(JSON.stringify(again)).toBe(
        JSON.stringify([
          { kind: 'event', name, payload },
          { kind: 'answer', id, answer: payload }
        ])
      )
    })
  )
})

test('no text makes reading throw, also one that is nearly a packet', () => {
  const heads = fc.constantFrom('', '0', '1', '2', '3', '4', '40', '41', '42', '42[', '427[', '43', '431', '44', '44{', '45', '451-')
  const rests = fc.oneof(anyText, fc.json(), fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', ',', ':', '1', '-', '\\', 'u') }))
  fc.assert(
    fc.property(heads, rests, (head, rest) => {
      expect(typeof decode(head + rest).kind).toBe('string')
    }),
    { numRuns: 2_000 }
  )
})
