/** Words behind `/run-flow` → the query of a flow that is run by GET. Its parameters become the message's data. */

export type QueryPair = readonly [name: string, value: string]

/** What a name may look like; brackets are the platform's own grammar, and a word with blanks before the sign is a word. */
const NAMED = /^([A-Za-z_][A-Za-z0-9_.-]{0,63})=(.*)$/s
/** Names that the gateway fills in itself, or that mean something to JavaScript. */
const TAKEN = new Set(['correlation', 'secretId', 'replyToken', '__proto__', 'constructor', 'prototype'])

/** `name=value` becomes a parameter of that name, every other word one of `params`, in their order. */
export function queryOf(words: readonly string[]): readonly QueryPair[] {
  return words.map((word): QueryPair => {
    const [, name = '', value = ''] = NAMED.exec(word) ?? []
    return name === '' || TAKEN.has(name) ? ['params', word] : [name, value]
  })
}
