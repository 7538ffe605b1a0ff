import { Broken, type Check, demand, Skipped } from '../check.js'
import { freshKey } from '../chance.js'
import type { GatewayContext } from './gateway-context.js'
import { helloOf, LineRefused, openLine } from './line.js'

/** What the browser says of a page, and the way by which it says so. */
type Tried = { readonly status: number; readonly allowed: string | null }
type Way = (context: GatewayContext, origin: string) => Promise<Tried>

const POLLING = '/socket.io/?EIO=4&transport=polling'
const header = (headers: Headers): string | null => headers.get('access-control-allow-origin')

const session: Way = async ({ entrance }, origin) => {
  const { status, headers } = await entrance.postJson('/session', { inbox: entrance.inbox, visitorKey: freshKey() }, { origin })
  return { status, allowed: header(headers) }
}
const preflight: Way = async ({ entrance }, origin) => {
  const asked = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }
  const { status, headers } = await entrance.ask('/session', { method: 'OPTIONS', headers: asked })
  return { status, allowed: header(headers) }
}
const polling: Way = async ({ entrance }, origin) => {
  const { status, headers } = await entrance.ask(POLLING, { headers: { origin } })
  return { status, allowed: header(headers) }
}

/** Only pages of the exact origins in the configuration get in, by each way by which a page can come. */
export const ORIGIN_CHECKS: readonly Check<GatewayContext>[] = [
  {
    id: 'origin.allowed',
    rule: 'A page of an allowed origin gets in, and is told its own origin and no other.',
    needs: ['session.opens'],
    async run(context) {
      const origin = allowed(context)
      for (const [name, way] of [
        ['POST /session', session],
        ['its preflight', preflight],
        ['polling', polling]
      ] as const) {
        const tried = await way(context, origin)
        demand(
          tried.status < 300 && tried.allowed === origin,
          `${name}: status ${tried.status}, access-control-allow-origin ${tried.allowed}`,
          `status 2xx and ${origin}`
        )
      }
    }
  },
  foreign('origin.session', 'POST /session', session),
  foreign('origin.preflight', 'the preflight of POST /session', preflight),
  foreign('origin.polling', 'a connection by polling', polling),
  {
    id: 'origin.websocket',
    rule: 'A page of another origin opens no WebSocket: browsers do not guard these, so the gateway must.',
    needs: ['session.opens'],
    async run(context) {
      const { entrance } = context
      const visitor = await context.visitor()
      const opened: string[] = []
      for (const origin of foreignOrigins(context.origin)) {
        try {
          const line = await openLine({ url: entrance.url, timeoutMs: entrance.timeoutMs, hello: helloOf(visitor.session, visitor.device), origin })
          line.close()
          opened.push(origin)
        } catch (thrown) {
          if (!(thrown instanceof LineRefused)) throw thrown
        }
      }
      if (opened.length > 0) throw new Broken(`a welcome for ${opened.join(', ')}`, 'no connection')
    }
  }
]

function allowed({ origin }: GatewayContext): string {
  if (origin === null) throw new Skipped('no allowed page is known; give one with --origin')
  return origin
}

function foreign(id: string, name: string, way: Way): Check<GatewayContext> {
  return {
    id,
    rule: `A page of another origin is refused by ${name}, and is told no origin.`,
    async run(context) {
      const wrong: string[] = []
      for (const origin of foreignOrigins(context.origin)) {
        const { status, allowed } = await way(context, origin)
        // To tell a page the one origin that may come in does no harm: it is not its own.
        const isTold = allowed === '*' || allowed === origin
        if (status < 400 || status > 499 || isTold) wrong.push(`${origin}: status ${status}${isTold ? `, access-control-allow-origin ${allowed}` : ''}`)
      }
      if (wrong.length > 0) throw new Broken(wrong.join('; '), 'status 403, and no access-control-allow-origin that fits')
    }
  }
}

/** Origins that look like one that gets in, and are none. */
function foreignOrigins(origin: string | null): readonly string[] {
  const always = ['null', 'https://evil.example', 'http://localhost:1', 'file://', 'https://', '*']
  if (origin === null) return always
  const { protocol, host, hostname, port } = new URL(origin)
  const other = protocol === 'https:' ? 'http:' : 'https:'
  return [
    ...always,
    `${other}//${host}`,
    `${protocol}//evil.${host}`,
    `${protocol}//evil${host}`,
    `${protocol}//${hostname}.evil.example`,
    `${protocol}//${hostname}evil.example`,
    `${protocol}//${hostname}.`,
    `${protocol}//${hostname}:${Number(port || 443) + 1}`,
    `${protocol}//evil.example/${host}`,
    `${protocol}//evil.example#${host}`,
    `${protocol}//evil.example?${origin}`,
    `${protocol}//${host}@evil.example`,
    `${origin}/`,
    `${origin}, https://evil.example`,
    `https://evil.example, ${origin}`,
    origin.toUpperCase()
  ]
}
