import { type LinkId, RANDOM_ID } from '@parley/protocol'
import type { ConnectorPort, ConnectorRequest, ConnectorResponse, LinkRecord } from '@parley/engine'
import type { OihConfig } from './config.js'
import { type LinkNotes, pendingNotes } from './notes.js'
import { notePage, startPage } from './pages.js'
import { SECRET_ID } from './types.js'

/** As long as the platform keeps a sign-in open. */
const COOKIE_SECONDS = 600

/** What people's browsers meet on a sign-in: the page before it, the way there, the way back. */
export function createSignInDoor(
  port: ConnectorPort,
  config: OihConfig,
  linkOfReturn: (run: string, token: string) => Promise<LinkRecord | null>
): (request: ConnectorRequest) => Promise<ConnectorResponse> {
  const site = config.title ?? new URL(port.publicUrl).host
  const isSecure = port.publicUrl.startsWith('https:')

  // One cookie for each sign-in: a second one in the same browser must not end the first.
  const cookieName = (link: LinkId): string => `parley-sign-in-${link}`
  const browserHash = (cookie: string): string => port.sign('oih browser', cookie)
  const proofOf = (link: LinkId, cookie: string): string => port.sign('oih continue', `${link} ${cookie}`)
  const cookieOf = (request: ConnectorRequest, link: LinkId): string | null => {
    const value = Object.hasOwn(request.cookies, cookieName(link)) ? request.cookies[cookieName(link)] : undefined
    return value !== undefined && RANDOM_ID.test(value) ? value : null
  }
  const say = (status: number, title: string, text: string): ConnectorResponse => notePage(port.randomId(), status, title, text)
  const unknown = (): ConnectorResponse =>
    say(404, 'This sign-in is not known', 'The address is wrong, or it is too old. Go back to the chat and type /auth to begin again.')

  const over = ({ status }: LinkRecord): ConnectorResponse =>
    status === 'completed'
      ? say(410, 'This sign-in is done already', 'The account is connected. You can close this window and go on in the chat.')
      : say(
          410,
          'This sign-in is over',
          'It was refused or took longer than ten minutes, and nothing was connected. Go back to the chat and type /auth to begin again.'
        )

  async function findLink(id: string | undefined): Promise<LinkRecord | null> {
    const link = id !== undefined && RANDOM_ID.test(id) ? await port.link.find(id as LinkId) : null
    return link?.inbox === port.inbox ? link : null
  }

  async function start(request: ConnectorRequest): Promise<ConnectorResponse> {
    const link = await findLink(request.query.link)
    if (!link) return unknown()
    const notes = pendingNotes(link, port.clock.now())
    if (!notes) return over(link)
    const cookie = cookieOf(request, link.link) ?? port.randomId()
    return startPage({
      nonce: port.randomId(),
      cookie: `${cookieName(link.link)}=${cookie}; Path=/accounts/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`,
      site,
      inbox: port.inbox,
      partner: config.partner,
      code: link.code,
      scope: notes.scope,
      leadsTo: new URL(notes.authUrl).host,
      link: link.link,
      proof: proofOf(link.link, cookie)
    })
  }

  /** "Continue" was pressed: this browser, and no other, may bring the account back. */
  async function goOn(request: ConnectorRequest): Promise<ConnectorResponse> {
    const form = new URLSearchParams(new TextDecoder().decode(request.body.subarray(0, 2_000)))
    const link = await findLink(form.get('link') ?? undefined)
    if (!link) return unknown()
    const notes = pendingNotes(link, port.clock.now())
    if (!notes) return over(link)
    const cookie = cookieOf(request, link.link)
    if (!cookie || !port.equal(proofOf(link.link, cookie), form.get('proof') ?? '')) {
      return say(403, 'This did not work', 'This browser keeps no cookie for the sign-in. Allow cookies for this site, then open the link in the chat again.')
    }
    await port.link.note(link.link, { ...notes, browser: browserHash(cookie) })
    return { status: 303, headers: { location: notes.authUrl, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } }
  }

  async function comeBack(request: ConnectorRequest, run: string, token: string): Promise<ConnectorResponse> {
    const link = await linkOfReturn(run, token)
    if (!link) return unknown()
    const notes = pendingNotes(link, port.clock.now())
    if (!notes) return over(link)
    if (!isSameBrowser(request, link, notes))
      return say(
        403,
        'Another browser began this sign-in',
        'Nothing was connected. Open the link in the chat again and finish the sign-in in the same browser.'
      )
    const { secretId = '', error } = request.query
    if (error !== undefined && secretId === '') return refuse(link)
    if (!SECRET_ID.test(secretId))
      return say(
        400,
        'The sign-in did not work',
        `${config.partner} sent no account along, so nothing was connected. Go back to the chat and type /auth to begin again.`
      )
    const recorded = await port.link.complete(link.link, { credential: secretId, scope: notes.scope })
    if (recorded === 'ended') return over((await port.link.find(link.link)) ?? link)
    return say(200, 'Your account is connected', 'You can close this window and go on in the chat.')
  }

  async function refuse(link: LinkRecord): Promise<ConnectorResponse> {
    await port.link.refuse(link.link)
    return say(200, 'Nothing was connected', 'The sign-in was refused. You can close this window; the chat knows.')
  }

  function isSameBrowser(request: ConnectorRequest, link: LinkRecord, { browser }: LinkNotes): boolean {
    const cookie = cookieOf(request, link.link)
    return cookie !== null && browser !== undefined && port.equal(browserHash(cookie), browser)
  }

  return async (request) => {
    const [, run, token] = /^callback\/([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/.exec(request.path) ?? []
    if (request.path === 'start' && request.method === 'GET') return start(request)
    if (request.path === 'start' && request.method === 'POST') return goOn(request)
    if (run !== undefined && token !== undefined && request.method === 'GET') return comeBack(request, run, token)
    return unknown()
  }
}
