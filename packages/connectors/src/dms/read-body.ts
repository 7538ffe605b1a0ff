import { findForeignFault } from '@parley/protocol'
import * as v from 'valibot'
import { attachments, cards, items } from './read-lists.js'
import type { DmsBody } from './types.js'
import { address, id, longWords, shortWords, spokenText } from './words.js'

export type ReadDmsBody = { readonly ok: true; readonly body: DmsBody } | { readonly ok: false; readonly text: string }

/** @param value a body of the webhook as parsed JSON. @returns it, or one sentence on what was found and what is wanted */
export function readDmsBody(value: unknown): ReadDmsBody {
  const fault = findForeignFault(value)
  if (fault) return { ok: false, text: `The body holds ${fault}.` }
  const named = v.safeParse(envelope, value, { abortEarly: true })
  if (!named.success) return refuse(named.issues[0])
  const read = v.safeParse(schemaFor(named.output.type), named.output, { abortEarly: true })
  return read.success ? { ok: true, body: read.output } : refuse(read.issues[0])
}

/** What was found is told by its kind only: it may be what somebody said. */
function refuse(issue: v.BaseIssue<unknown>): ReadDmsBody {
  const key = v.getDotPath(issue) ?? 'body'
  return { ok: false, text: `${key}: found ${kindOf(issue.input)}, wanted ${issue.message}.` }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'string' ? `a text of ${value.length} characters` : `a value of type ${typeof value}`
}

const TYPE = 'a text of 1 to 64 characters, like "text"'

/** Names that differ between the sources are made one before anything else looks. */
const envelope = v.pipe(
  v.looseObject({}, 'an object'),
  v.transform((body: Readonly<Record<string, unknown>>) => ({
    ...body,
    type: body.type ?? (body.pyEntryText === undefined ? undefined : 'text'),
    customer_id: body.customer_id ?? idInside(body.customer),
    text: body.text ?? body.pyEntryText,
    // There to be missed by name.
    message_id: body.message_id,
    items: body.items
  })),
  v.looseObject({ type: v.pipe(v.string(TYPE), v.minLength(1, TYPE), v.maxLength(64, TYPE)) })
)

const idInside = (customer: unknown): unknown => (typeof customer === 'object' && customer !== null && 'id' in customer ? customer.id : undefined)

const customerId = id('the number of a customer, 200 characters at most')
const messageId = v.pipe(
  id('the id of the message, 1 to 200 characters'),
  v.check((text) => text !== '', 'the id of the message, 1 to 200 characters')
)
const common = { customer_id: customerId, author: shortWords, csr_name: shortWords }
const message = { ...common, message_id: messageId }

type Common = { readonly customer_id: string; readonly author: string; readonly csr_name: string }
const commonOf = ({ customer_id, author, csr_name }: Common) => ({ customerId: customer_id, author, csrName: csr_name })
const messageOf = (body: Common & { readonly message_id: string }) => ({ ...commonOf(body), messageId: body.message_id })

/** One strict schema for each type. */
const SCHEMAS = {
  text: v.pipe(
    v.object({ ...message, text: v.nullish(spokenText, ''), attachments }),
    v.check((body) => body.text !== '' || body.attachments.length > 0, 'a body with a text or with attachments'),
    v.transform((body) => ({ type: 'text' as const, ...messageOf(body), text: body.text, attachments: body.attachments }))
  ),
  menu: v.pipe(
    v.object({ ...message, title: longWords, items }),
    v.transform((body) => ({ type: 'menu' as const, ...messageOf(body), title: body.title, items: body.items }))
  ),
  carousel: v.pipe(
    v.object({ ...message, title: longWords, text: longWords, items: v.optional(cards), elements: v.optional(cards), cards: v.optional(cards) }),
    v.transform((body) => ({
      type: 'carousel' as const,
      ...messageOf(body),
      title: body.title || body.text,
      cards: body.items ?? body.elements ?? body.cards ?? []
    }))
  ),
  link_button: v.pipe(
    v.object({ ...message, title: longWords, label: shortWords, url: address }),
    v.transform((body) => ({ type: 'link_button' as const, ...messageOf(body), title: body.title, label: body.label, url: body.url }))
  ),
  typing_indicator: v.pipe(
    v.object(common),
    v.transform((body) => ({ type: 'typing_indicator' as const, ...commonOf(body) }))
  ),
  csr_end_session: v.pipe(
    v.object(common),
    v.transform((body) => ({ type: 'csr_end_session' as const, ...commonOf(body) }))
  ),
  wait_time: v.pipe(
    v.object({ ...common, waitTime: shortWords, wait_time: shortWords }),
    v.transform((body) => ({ type: 'wait_time' as const, ...commonOf(body), waitTime: body.waitTime || body.wait_time }))
  )
} satisfies Record<Exclude<DmsBody['type'], 'unknown'>, v.GenericSchema<unknown, DmsBody>>

const unknownType = v.pipe(
  v.object({ ...common, type: v.string(), message_id: v.nullish(messageId) }),
  v.transform((body) => ({ type: 'unknown' as const, ...commonOf(body), was: body.type, messageId: body.message_id ?? null }))
)

const schemaFor = (type: string): v.GenericSchema<unknown, DmsBody> => (Object.hasOwn(SCHEMAS, type) ? SCHEMAS[type as keyof typeof SCHEMAS] : unknownType)
