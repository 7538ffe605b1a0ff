/** A mistake of the operator, in one line: told on the terminal without a stack, and the gateway does not start. */
export class StartFault extends Error {
  override readonly name = 'StartFault'
}

/** Names the key, what was found and what is wanted. */
export const startFault = (key: string, found: string, wanted: string): StartFault => new StartFault(`${key}: found ${found}; wanted is ${wanted}`)
