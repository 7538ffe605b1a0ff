import { expect, test } from 'vitest'
import bad from '../../conformance/bad.json' with { type: 'json' }
import good from '../../conformance/good.json' with { type: 'json' }
import { isClientFrameName, readAck, readClientFrame, readEvent, readHello, readServerFrame } from './index.js'

function read(frame: string, payload: unknown): { readonly ok: unknown } {
  if (frame === 'hello') return readHello(payload)
  return isClientFrameName(frame) ? readClientFrame(frame, payload) : { ok: 'no such frame' }
}

test.each(good.filter(({ from }) => from === 'client'))('rule 5: $frame passes: $why', ({ frame, payload }) => {
  expect(read(frame, payload)).toMatchObject({ ok: true })
})

test.each(good.filter(({ from }) => from === 'gateway'))('rule 5: $frame of a gateway passes: $why', ({ frame, payload }) => {
  expect(readServerFrame(frame, payload)).toMatchObject({ ok: true })
})

test.each(good.filter(({ frame, why }) => frame === 'events' && !why.includes('newer')))('rule 5: each row passes whole: $why', ({ payload }) => {
  const events: readonly unknown[] = (payload as { readonly events: readonly unknown[] }).events
  expect(events.map(readEvent)).toEqual(events.map((value) => ({ ok: true, value })))
})

test.each(bad)('rule 3: $frame does not pass: $why', ({ frame, payload }) => {
  expect(read(frame, payload)).toMatchObject({ ok: false, text: expect.any(String) })
})

test('rule 8: an answer may say that the message stands in a former conversation', () => {
  const ack = { seq: 4, at: '2026-03-01T10:00:00.000Z', elsewhere: true }
  expect(readAck(ack)).toEqual({ ok: true, value: ack })
  expect(readAck({ ...ack, elsewhere: 'yes' })).toMatchObject({ ok: false })
})

test('rule 27: an answer holds at most twenty values, each within its limits; what a newer version adds is left out', () => {
  const value = { value: 'v'.repeat(500), label: 'l'.repeat(200), description: 'd'.repeat(300) }
  expect(readAck({ completions: [{ ...value, newer: 1 }, { value: '' }] })).toEqual({ ok: true, value: { completions: [value, { value: '' }] } })
  expect(readAck({ completions: Array.from({ length: 20 }, () => value) })).toMatchObject({ ok: true })
  const wrong: unknown[] = [Array.from({ length: 21 }, () => value), [{ label: 'no value' }], [{ value: 7 }], 'none']
  for (const field of ['value', 'label', 'description'] as const) wrong.push([{ ...value, [field]: `${value[field]}x` }])
  expect(wrong.map((completions) => readAck({ completions }).ok)).toEqual(wrong.map(() => false))
})

test('rule 4: what a newer version adds is left out, passed by, or shown as a placeholder', () => {
  const hello = good.find(({ why }) => why.includes('newer version'))
  expect(JSON.stringify(readHello(hello?.payload))).not.toContain('newer')
  const events = good.find(({ frame }) => frame === 'events')
  expect(readServerFrame('events', events?.payload)).toMatchObject({
    value: {
      payload: {
        events: [
          {
            body: {
              parts: [
                { kind: 'text', text: 'hello' },
                { kind: 'unknown', was: 'hologram' }
              ]
            }
          },
          { seq: 5, type: 'unknown', body: { was: 'dream.begun' } }
        ]
      }
    }
  })
  expect(readServerFrame('sunrise', {})).toEqual({ ok: 'unknown' })
})
