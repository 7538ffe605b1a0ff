import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { type Account, holds, KNOWN_ACCOUNTS } from './people.js'
import type { PlatformState } from './state.js'

/** IAM: opaque tokens that live three hours from their last use. */

const LIFESPAN_MS = 3 * 3_600_000

/** Logging in twice gives the same token. */
export function tokenFor(state: PlatformState, accountId: string): string {
  const live = [...state.tokens].find(([, token]) => token.accountId === accountId && token.expiresAt > state.clock.now())
  const token = live?.[0] ?? randomBytes(128).toString('base64url')
  state.tokens.set(token, { accountId, expiresAt: state.clock.now() + LIFESPAN_MS })
  return token
}

/** One that never ends, as `POST /api/v1/tokens` makes with `expiresIn: -1`. */
export function persistentTokenFor(state: PlatformState, accountId: string): string {
  const token = randomBytes(128).toString('base64url')
  state.tokens.set(token, { accountId, expiresAt: Number.POSITIVE_INFINITY })
  return token
}

/** Whose token it is; using it prolongs it. */
export function introspect(state: PlatformState, token: string): Account | null {
  const found = state.tokens.get(token)
  if (!found || found.expiresAt <= state.clock.now()) return null
  state.tokens.set(token, { ...found, expiresAt: Math.max(found.expiresAt, state.clock.now() + LIFESPAN_MS) })
  return publicAccount(found.accountId)
}

/** The reasons tell a guesser which accounts there are, as in the original. */
export function login(state: PlatformState, username: string, password: string): { readonly account: Account } | { readonly message: string } {
  const account = KNOWN_ACCOUNTS.find((one) => one.username === username)
  const message = !account ? 'USER_NOT_FOUND' : account.password !== password ? 'PASSWORD_INCORRECT' : account.isDisabled ? 'ENTITY_DISABLED' : null
  if (account && message === null) return { account }
  state.bus.publish({ name: 'iam.user.loginFailed', serviceName: 'iam', payload: { user: username.slice(0, 100) } })
  return { message: message ?? 'UNKNOWN_ERROR' }
}

export const bearerOf = (authorization: string | undefined): string => /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? ''

export function iamRoutes(state: PlatformState): Hono {
  const app = new Hono()
  const caller = (context: Context): Account | null => introspect(state, bearerOf(context.req.header('authorization')))

  app.post('/login', async (context) => {
    const { username, password } = await bodyOf(context)
    const found = login(state, String(username), String(password))
    return 'message' in found ? context.json(found, 401) : context.json({ token: tokenFor(state, found.account._id), id: found.account._id })
  })
  app.post('/logout', (context) => {
    const account = caller(context)
    // By account, not by token: one logout ends the others.
    for (const [token, { accountId }] of state.tokens) if (accountId === account?._id) state.tokens.delete(token)
    return context.json({ loggedOut: true })
  })
  app.get('/api/v1/tokens/refresh', (context) => {
    const account = caller(context)
    return account ? context.json({ token: tokenFor(state, account._id) }) : context.json({ message: 'SESSION_EXPIRED' }, 401)
  })
  app.post('/api/v1/tokens/introspect', async (context) => {
    const account = caller(context)
    if (!account) return context.json({ message: 'INVALID_TOKEN' }, 401)
    if (!holds(account, 'iam.token.introspect')) return context.json({ message: 'MISSING_PERMISSION' }, 403)
    const found = introspect(state, String((await bodyOf(context)).token))
    return found ? context.json(found) : context.json({ message: 'INVALID_TOKEN' }, 404)
  })
  return app
}

function publicAccount(id: string): Account | null {
  const known = KNOWN_ACCOUNTS.find((one) => one._id === id)
  if (!known) return null
  const { password: _, isDisabled: __, ...account } = known
  return account
}

/** A JSON body as an object; anything else is an empty one. */
export async function bodyOf(context: Context): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await context.req.json().catch(() => null)
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {}
}
