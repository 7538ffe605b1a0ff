import * as v from 'valibot'
import type { PlatformAnswer } from '../platform/request.js'
import { shortText } from '../cut.js'
import { FLOW_ID } from '../types.js'
import type { Flow } from './status.js'

/**
 * What we read of the Flow Repository's answers. Read from openintegrationhub/openintegrationhub at 884a8d9a (2025-03-31):
 * services/flow-repository/app/api/controllers/{flow,startstop}.js. Unknown fields are left out.
 */

export type FlowFault =
  /** Nothing was sent. */
  | { readonly kind: 'unreachable' }
  /** It may have arrived: no answer in time, a fault of the platform's own, or an answer that is not one of its own. */
  | { readonly kind: 'noAnswer' }
  /** The platform does not take this chat's own sign-in. */
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'tooMuch' }
  | { readonly kind: 'refused'; readonly status: number; readonly said: string | undefined }

export type FlowAnswer<Value> = { readonly kind: 'ok'; readonly value: Value } | FlowFault

const NAME_CHARACTERS = 120
const DESCRIPTION_CHARACTERS = 300
const CRON_CHARACTERS = 100

const anyText = v.optional(v.nullable(v.string()))
const flowSchema = v.pipe(
  v.object({
    id: anyText,
    _id: anyText,
    name: anyText,
    description: anyText,
    status: v.picklist(['inactive', 'starting', 'active', 'stopping']),
    cron: anyText
  }),
  // Documents that come straight from the database have `_id` only.
  v.transform(({ id, _id, ...rest }) => ({ ...rest, id: (id ?? _id ?? '').toLowerCase() })),
  v.check(({ id }) => FLOW_ID.test(id)),
  v.transform(
    ({ id, name, description, status, cron }): Flow => ({
      id,
      status,
      name: shortText(oneLine(name), NAME_CHARACTERS) ?? id,
      description: shortText(oneLine(description), DESCRIPTION_CHARACTERS) ?? '',
      cron: shortText(oneLine(cron), CRON_CHARACTERS) ?? null
    })
  )
)

function oneLine(text: string | null | undefined): string {
  return (text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

const flowAnswer = v.object({ data: flowSchema })
const count = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))
const pageAnswer = v.object({ data: v.pipe(v.array(v.unknown()), v.maxLength(1_000)), meta: v.optional(v.object({ totalPages: count })) })
const actAnswer = v.object({ data: v.object({ status: v.string() }) })

/** One page of flows. `totalPages` counts flows that nobody asked for, too: the platform estimates it. */
export type FlowPage = {
  readonly flows: readonly Flow[] /** Those that could not be read among them. */
  readonly count: number
  readonly totalPages: number | null
}

export const readFlow = (answer: PlatformAnswer): FlowAnswer<Flow> => readAnswer(answer, flowAnswer, ({ data }) => data)
export const readActed = (answer: PlatformAnswer): FlowAnswer<null> => readAnswer(answer, actAnswer, () => null)

/** Older versions answer 404 where none is found. */
export function readFlowPage(answer: PlatformAnswer): FlowAnswer<FlowPage> {
  const read = readAnswer(answer, pageAnswer, ({ data, meta }): FlowPage => {
    const flows = data.map((one) => v.safeParse(flowSchema, one)).flatMap((one) => (one.success ? [one.output] : []))
    return { flows, count: data.length, totalPages: meta?.totalPages ?? null }
  })
  if (read.kind === 'notFound') return { kind: 'ok', value: { flows: [], count: 0, totalPages: null } }
  // One that this version cannot read is left out; a list of nothing else is not a list of flows.
  return read.kind === 'ok' && read.value.count > 0 && read.value.flows.length === 0 ? { kind: 'noAnswer' } : read
}

function readAnswer<Read, Value>(answer: PlatformAnswer, schema: v.GenericSchema<unknown, Read>, pick: (read: Read) => Value): FlowAnswer<Value> {
  if (answer.kind !== 'answer') return answer
  const { status } = answer
  const body = readJson(answer.text)
  if (status >= 200 && status < 300) {
    const read = v.safeParse(schema, body)
    return read.success ? { kind: 'ok', value: pick(read.output) } : { kind: 'noAnswer' }
  }
  return readRefusal(status, readErrors(body))
}

function readRefusal(status: number, said: string | null): FlowFault {
  if (status === 429) return { kind: 'tooMuch' }
  // What stands before the platform answers in its own shape: that says nothing of the flow.
  if (status >= 500 || status < 400 || said === null) return { kind: 'noAnswer' }
  if (status === 403) return { kind: 'forbidden' }
  if (status === 404) return { kind: 'notFound' }
  return { kind: 'refused', status, said: shortText(said, 300) }
}

const errorList = v.object({ errors: v.array(v.object({ message: v.optional(v.string()) })) })
const errorText = v.object({ errors: v.string() })
/** IAM's and the middleware's own. */
const errorMessage = v.object({ message: v.string() })

/** What a refusal says, in each of the shapes there are; `null`: it is none of the platform's. */
export function readErrors(body: unknown): string | null {
  if (v.is(errorText, body)) return body.errors
  if (v.is(errorList, body)) return body.errors.map(({ message }) => message ?? '').join(' ')
  return v.is(errorMessage, body) ? body.message : null
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
