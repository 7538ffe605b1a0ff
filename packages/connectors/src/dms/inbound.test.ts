import fc from 'fast-check'
import { findForeignFault, type Json } from '@parley/protocol'
import { parts as partsSchema, read } from '@parley/protocol/schemas'
import { describe, expect, test } from 'vitest'
import { type DmsHappening, fromDms } from './inbound.js'
import { readDmsBody } from './read-body.js'

const happen = (body: unknown): readonly DmsHappening[] => {
  const found = readDmsBody({ customer_id: '1', message_id: 'm', ...(body as object) })
  if (!found.ok) throw new Error(found.text)
  return fromDms(found.body)
}
const message = (parts: readonly unknown[], from: unknown = null) => [{ kind: 'message', externalId: 'dms:m', parts, from }]

describe('what they say becomes', () => {
  test('text, by the agent who is named', () => {
    const from = { key: 'agent:agent', name: 'Agent', role: 'agent' }
    expect(happen({ type: 'text', text: ['One', 'Two'], author: 'Agent' })).toEqual(message([{ kind: 'text', text: 'One\nTwo' }], from))
    expect(happen({ type: 'text', text: 'One', csr_name: 'Agent' })).toEqual(message([{ kind: 'text', text: 'One' }], from))
    expect(happen({ type: 'text', text: 'One', author: 'Agent', csr_name: 'AGENT 7' })).toEqual(message([{ kind: 'text', text: 'One' }], from))
  })

  test('choices, a bot’s unless a service person is named', () => {
    const menu = { type: 'menu', title: 'Pick', items: [{ text: 'A', payload: 'a' }] }
    const choices = { kind: 'choices', text: 'Pick', choices: [{ value: 'a', label: 'A' }] }
    expect(happen(menu)).toEqual(message([choices]))
    expect(happen({ ...menu, author: 'Guide' })).toEqual(message([choices], { key: 'bot:guide', name: 'Guide', role: 'bot' }))
    expect(happen({ ...menu, csr_name: 'Agent' })).toEqual(message([choices], { key: 'agent:agent', name: 'Agent', role: 'agent' }))
  })

  test('choices in pieces, and text where a payload could not come back whole', () => {
    const items = [...Array.from({ length: 51 }, (_, index) => ({ text: `${index}`, payload: `p${index}` })), { text: 'Long', payload: 'x'.repeat(501) }]
    const [{ parts }] = happen({ type: 'menu', items }) as [DmsHappening & { kind: 'message' }]
    expect(parts.map((part) => (part.kind === 'choices' ? part.choices.length : part))).toEqual([50, 1, { kind: 'text', text: '- Long' }])
    expect(happen({ type: 'menu', title: 'Pick', items: [] })).toEqual(message([{ kind: 'text', text: 'Pick' }]))
    expect(happen({ type: 'menu', items: [] })).toEqual(message([{ kind: 'text', text: '…' }]))
  })

  test('cards, with as many buttons as there are and only links of the web', () => {
    const buttons = [...Array.from({ length: 7 }, (_, index) => ({ text: `${index}`, payload: `p${index}` })), { text: 'Bad', url: 'javascript:alert(1)' }]
    const action = (index: number) => ({ label: `${index}`, value: `p${index}` })
    expect(happen({ type: 'carousel', title: 'Shoes', items: [{ title: 'Shoe', text: 'Red', image: 'data:image/png,x', buttons }] })).toEqual(
      message([
        {
          kind: 'cards',
          text: 'Shoes',
          cards: [
            { title: 'Shoe', text: 'Red', actions: [0, 1, 2, 3, 4, 5].map(action) },
            { title: 'Shoe', actions: [action(6)] }
          ]
        }
      ])
    )
    expect(happen({ type: 'carousel', title: 'Shoes', items: [{}] })).toEqual(message([{ kind: 'text', text: 'Shoes' }]))
    expect(happen({ type: 'carousel' })).toEqual(message([{ kind: 'text', text: '…' }]))
  })

  test('a link, or only its words where it leads elsewhere than to the web', () => {
    expect(happen({ type: 'link_button', title: 'Terms', label: 'Open', url: 'https://x.test/' })).toEqual(
      message([
        { kind: 'text', text: 'Terms' },
        { kind: 'link', url: 'https://x.test/', title: 'Open' }
      ])
    )
    expect(happen({ type: 'link_button', url: 'https://x.test/' })).toEqual(message([{ kind: 'link', url: 'https://x.test/' }]))
    for (const url of ['javascript:alert(1)', 'mailto:a@x.test', '/x', ''])
      expect(happen({ type: 'link_button', title: 'Terms', url })).toEqual(message([{ kind: 'text', text: 'Terms' }]))
  })

  test('files with a name and a kind, and a word for those that cannot be fetched', () => {
    const attachments = [
      { url: 'https://x.test/a%20b.PNG?x=1' },
      { url: 'https://x.test/f/1', name: 'Terms.pdf' },
      { url: 'https://x.test/%ff', mime_type: 'image/webp' },
      { url: 'https://x.test' },
      { url: 'file:///etc/passwd' }
    ]
    expect(happen({ type: 'text', text: 'See', attachments })).toEqual(
      message([
        { kind: 'text', text: 'See' },
        { kind: 'file', url: 'https://x.test/a%20b.PNG?x=1', name: 'a b.PNG', mediaType: 'image/png' },
        { kind: 'file', url: 'https://x.test/f/1', name: 'Terms.pdf', mediaType: 'application/pdf' },
        { kind: 'file', url: 'https://x.test/%ff', name: '%ff', mediaType: 'image/webp' },
        { kind: 'file', url: 'https://x.test', name: 'attachment', mediaType: 'application/octet-stream' },
        { kind: 'text', text: 'An attachment is not shown: its address is not one of the web.' }
      ])
    )
    const many = happen({ type: 'text', attachments: Array.from({ length: 99 }, () => 'https://x.test/a') })[0]
    expect(many?.kind === 'message' && many.parts.at(-1)).toEqual({ kind: 'text', text: '9 more attachments are not shown.' })
  })

  test('typing, waiting, an end, a placeholder, and nothing', () => {
    const from = { key: 'agent:agent', name: 'Agent', role: 'agent' }
    expect(happen({ type: 'typing_indicator', author: 'Agent' })).toEqual([{ kind: 'typing', from, forMs: 10_000 }])
    expect(happen({ type: 'csr_end_session', csr_name: 'Agent' })).toEqual([{ kind: 'end', from }])
    expect(happen({ type: 'csr_end_session' })).toEqual([{ kind: 'end', from: null }])
    const waiting = (externalId: string, text: string) => [{ kind: 'message', externalId, parts: [{ kind: 'text', text }], from: null }]
    expect(happen({ type: 'wait_time', waitTime: 5 })).toEqual(waiting('dms-wait:5', 'Estimated waiting time: 5'))
    expect(happen({ type: 'wait_time' })).toEqual(waiting('dms-wait:', 'Please wait: somebody will answer you.'))
    expect(happen({ type: 'video' })).toEqual(message([{ kind: 'text', text: '…' }]))
    expect(happen({ type: 'presence', message_id: null })).toEqual([])
  })
})

const TYPES = ['text', 'menu', 'carousel', 'link_button', 'typing_indicator', 'csr_end_session', 'wait_time', 'video', '__proto__'] as const
const KEYS = [
  'text',
  'title',
  'label',
  'url',
  'items',
  'elements',
  'attachments',
  'author',
  'csr_name',
  'waitTime',
  'payload',
  'buttons',
  'image',
  'name',
  'type'
] as const
const WORDS = ['https://x.test/a.png', 'javascript:alert(1)', 'http://', '', '😀'.repeat(2_500), 'a\n\u0000b', '\u202e'] as const

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 6 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 6 })
  )
}))
const seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0

describe(`whatever JSON says (seed ${seed})`, () => {
  const body = fc.tuple(fc.dictionary(fc.constantFrom(...KEYS), json, { maxKeys: 8 }), fc.constantFrom(...TYPES))

  test('is read or refused, and what is shown is as the protocol wants it', () => {
    let shown = 0
    fc.assert(
      fc.property(body, ([rest, type]) => {
        const found = readDmsBody({ ...rest, type, customer_id: '1', message_id: 'm' })
        if (!found.ok) return
        for (const happening of fromDms(found.body)) {
          if (happening.kind !== 'message') continue
          shown++
          expect(findForeignFault(happening.parts)).toBeNull()
          expect(happening.parts.length).toBeGreaterThan(0)
          expect(read(partsSchema, happening.parts)).toEqual({ ok: true, value: happening.parts })
        }
      }),
      { seed, numRuns: 2_000 }
    )
    expect(shown).toBeGreaterThan(200)
  })

  test('and nothing that is no body is taken for one', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(readDmsBody(value).ok).toBe(false)
      }),
      { seed, numRuns: 500 }
    )
  })
})
