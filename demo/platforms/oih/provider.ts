import { Hono } from 'hono'
import { ACCOUNTS } from './accounts.js'
import { STOCK } from './components.js'
import { bearerOf } from './iam.js'
import { consentPage, plainPage, reportPage } from './pages.js'
import { stockChart } from './png.js'
import { type PlatformState, randomHex } from './state.js'

/** The world outside the hub: a provider that asks for consent, its profile service, and the report's picture and page. */

export function providerRoutes(state: PlatformState): Hono {
  const app = new Hono()

  app.get('/provider/authorize', (context) => {
    const { scope = '', redirect_uri: redirectUri = '', state: carried = '' } = context.req.query()
    if (redirectUri !== callbackOf(state)) return context.html(plainPage('This address is not known', 'It does not lead back to the hub.'), 400)
    return context.html(consentPage({ scope, state: carried, accounts: ACCOUNTS }))
  })
  app.post('/provider/authorize', async (context) => {
    const form = new URLSearchParams(await context.req.text())
    const back = new URL(callbackOf(state))
    back.searchParams.set('state', form.get('state') ?? '')
    if (form.get('decision') === 'approve' && ACCOUNTS.some((account) => account.id === form.get('account'))) {
      const code = randomHex(16)
      state.codes.set(code, form.get('account') ?? '')
      back.searchParams.set('code', code)
    } else back.searchParams.set('error', 'access_denied')
    return context.redirect(back.href, 303)
  })
  app.get('/graph/me', (context) => {
    const token = bearerOf(context.req.header('authorization'))
    const secret = [...state.secrets.values()].find((one) => one.accessToken === token)
    const account = ACCOUNTS.find((one) => one.id === secret?.account)
    if (!account) return context.json({ error: { code: 'InvalidAuthenticationToken', message: 'Access token has expired or is not yet valid.' } }, 401)
    return context.json({ displayName: account.displayName, mail: account.mail, jobTitle: account.jobTitle, preferredLanguage: 'en', id: account.id })
  })
  app.get('/pictures/stock.png', (context) =>
    context.body(stockChart(STOCK.map(({ inStock }) => inStock)), 200, {
      'content-type': 'image/png',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'no-cache'
    })
  )
  app.get('/reports/stock', (context) => context.html(reportPage(STOCK)))
  return app
}

const callbackOf = (state: PlatformState): string => `${state.url}/api/v1/callback`
