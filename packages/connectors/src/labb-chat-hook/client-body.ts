import * as v from 'valibot'

/** What an old client said, as its door has checked it: the five fields that are passed on, and the postback of a button. */
export type ClientBody = {
  readonly type: string
  /** `''`: somebody without a number. */
  readonly customer_id: string
  readonly customer_name: string
  readonly message_id: string | number
  readonly text: readonly string[]
  readonly postback?: string
}

const clientBody = v.object({
  type: v.string(),
  customer_id: v.string(),
  customer_name: v.string(),
  message_id: v.union([v.string(), v.number()]),
  text: v.array(v.string()),
  postback: v.exactOptional(v.string())
})

/** How it stands in the log: as the one text of a message. */
export const writeClientBody = ({ type, customer_id, customer_name, message_id, text, postback }: ClientBody): string =>
  JSON.stringify({ type, customer_id, customer_name, message_id, text, postback })

/** @returns `null` for what the door did not write: something that came into the inbox by another way */
export function readClientBody(written: string): ClientBody | null {
  try {
    const read = v.safeParse(clientBody, JSON.parse(written))
    return read.success ? read.output : null
  } catch {
    return null
  }
}
