import type { WireBody } from './state.js'

/** The wire as its users found it: nobody can rely on one shape, so this side keeps changing. */

/** Invented, as everything about this shop is. */
const AGENT = 'Robin'

/**
 * @param count how many bodies were made before
 * @param isAgent the bot has no name: the field is known of people only
 */
export function withOddities(body: WireBody, { count, isAgent }: { readonly count: number; readonly isAgent: boolean }): WireBody {
  const isList = count % 2 === 1 && typeof body.text === 'string'
  // What a bot sends as a rule is a person's where the person's own field stands beside it.
  const nameField = body.type !== 'text' || count % 3 === 2 ? 'csr_name' : 'author'
  return { ...body, ...(isList ? { text: [body.text] } : {}), ...(isAgent ? { [nameField]: AGENT } : {}) }
}
