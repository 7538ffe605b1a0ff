import type { Context } from 'hono'
import { bearerOf, introspect } from './iam.js'
import { type Account, holds } from './people.js'
import type { PlatformState } from './state.js'

/** Who calls a service that looks at permissions, or the refusal in the shape that all of these share. */
export type Caller = { readonly account: Account } | { readonly refused: Response }

export function callerWith(state: PlatformState, context: Context, ...permissions: readonly string[]): Caller {
  const header = context.req.header('authorization')
  if (header === undefined) return { refused: refusal(context, 401, 'Missing authorization header.') }
  if (!/^Bearer \S/.test(header)) return { refused: refusal(context, 401, 'Invalid authorization header.') }
  const account = introspect(state, bearerOf(header))
  if (!account) return { refused: refusal(context, 401, 'Token invalid.') }
  return permissions.every((permission) => holds(account, permission)) ? { account } : { refused: refusal(context, 403, 'MISSING_PERMISSION') }
}

/** One error in a list, with its status as its code. */
export const refusal = (context: Context, code: 400 | 401 | 403 | 404 | 409 | 500, message: string): Response =>
  context.json({ errors: [{ message, code }] }, code)
