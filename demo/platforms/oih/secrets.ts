import { createHmac, getHashes, timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { bearerOf, bodyOf, introspect } from './iam.js'
import { AUTH_CLIENT } from './ids.js'
import type { Account } from './people.js'
import { type PlatformState, randomHex } from './state.js'

/** The secret service: starts sign-ins, takes the provider back, keeps secrets. */

const PENDING_MS = 600_000

export function secretRoutes(state: PlatformState): Hono {
  const app = new Hono()
  const caller = (context: Context): Account | null => introspect(state, bearerOf(context.req.header('authorization')))

  app.post('/api/v1/auth-clients/:client/start-flow', async (context) => {
    if (!caller(context)) return context.json({ message: 'INVALID_TOKEN' }, 401)
    const clientId = context.req.param('client')
    if (clientId !== AUTH_CLIENT) return context.json({ message: 'Auth client not found' }, 400)
    const body = await bodyOf(context)
    const { scope, secretName, successUrl } = (typeof body.data === 'object' && body.data !== null ? body.data : body) as Readonly<Record<string, unknown>>
    const flowId = randomHex(12)
    const pending = {
      clientId,
      scope: String(scope ?? ''),
      secretName: String(secretName ?? ''),
      successUrl: typeof successUrl === 'string' ? successUrl : null
    }
    state.pending.set(flowId, { ...pending, expiresAt: state.clock.now() + PENDING_MS })
    return context.json({ data: { authUrl: authUrl(state, flowId, pending.scope) } })
  })

  app.get('/api/v1/callback', (context) => {
    const flowId = flowOfState(context.req.query('state') ?? '')
    const pending = state.pending.get(flowId)
    const account = state.codes.get(context.req.query('code') ?? '')
    // A refused consent has no code; the original then looks for an OAuth 1 answer and ends here, and tells nobody.
    if (!pending || pending.expiresAt <= state.clock.now() || account === undefined) return context.json({ message: 'Auth flow could not be finished' }, 400)
    state.pending.delete(flowId)
    state.codes.delete(context.req.query('code') ?? '')
    const secretId = keepSecret(state, account, pending)
    if (!pending.successUrl) return context.json({ data: { successUrl: null, secretId } })
    return context.redirect(`${pending.successUrl}${pending.successUrl.includes('?') ? '&' : '?'}secretId=${secretId}`)
  })

  app.get('/api/v1/secrets/:id', (context) => {
    const secret = state.secrets.get(context.req.param('id'))
    if (!caller(context)) return context.json({ message: 'INVALID_TOKEN' }, 401)
    if (!secret) return context.json({ message: 'Secret not found' }, 404)
    const accessToken = context.req.query('raw') === 'true' ? secret.accessToken : '***'
    return context.json({
      data: {
        _id: secret.id,
        name: secret.name,
        type: 'OA2_AUTHORIZATION_CODE',
        value: { authClientId: AUTH_CLIENT, accessToken, scope: secret.scope, externalId: secret.account }
      }
    })
  })
  app.post('/api/v1/secrets/:id/validateHmac', async (context) => {
    if (!caller(context)) return context.json({ message: 'INVALID_TOKEN' }, 401)
    const { hmacValue, hmacAlgo, rawBody } = await bodyOf(context)
    const signed = { value: typeof hmacValue === 'string' ? hmacValue : undefined, algorithm: String(hmacAlgo), rawBody: String(rawBody) }
    return context.json({ data: isHmacOf(state, context.req.param('id'), signed) })
  })
  app.delete('/api/v1/secrets/:id', (context) => {
    if (!caller(context)) return context.json({ message: 'INVALID_TOKEN' }, 401)
    return context.body(null, state.secrets.delete(context.req.param('id')) ? 204 : 404)
  })
  return app
}

type Signed = { readonly value: string | undefined; readonly algorithm: string; readonly rawBody: string }

/** Whether a body was signed, in Base64 (services/secret-service/src/util/crypto.js), by an API key that is kept here. */
export function isHmacOf(state: PlatformState, keyId: string, { value, algorithm, rawBody }: Signed): boolean {
  const key = state.apiKeys.get(keyId)
  if (key === undefined || value === undefined || !getHashes().includes(algorithm)) return false
  const wanted = Buffer.from(createHmac(algorithm, key).update(rawBody).digest('base64'))
  const given = Buffer.from(value)
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

function authUrl(state: PlatformState, flowId: string, scope: string): string {
  const url = new URL(`${state.url}/provider/authorize`)
  // Neither signed nor bound to a browser, as in the original.
  url.searchParams.set('state', Buffer.from(JSON.stringify({ flowId, payload: {} })).toString('base64url'))
  url.searchParams.set('scope', scope)
  url.searchParams.set('redirect_uri', `${state.url}/api/v1/callback`)
  url.searchParams.set('client_id', AUTH_CLIENT)
  url.searchParams.set('response_type', 'code')
  return url.href
}

function flowOfState(text: string): string {
  try {
    const { flowId } = JSON.parse(Buffer.from(text, 'base64url').toString()) as { readonly flowId?: unknown }
    return String(flowId)
  } catch {
    return ''
  }
}

/** The same account signed in again keeps its secret's id. */
function keepSecret(
  state: PlatformState,
  account: string,
  { secretName, scope, clientId }: { readonly secretName: string; readonly scope: string; readonly clientId: string }
): string {
  const before = [...state.secrets.values()].find((secret) => secret.account === account)
  const id = before?.id ?? randomHex(12)
  if (!before) state.bus.publish({ name: 'secrets.secret.created', serviceName: 'secret-service', payload: { name: secretName } })
  state.secrets.set(id, { id, name: secretName, owner: clientId, account, scope, accessToken: `access-${randomHex(16)}` })
  return id
}
