import { safeLink, type LinkState } from '@parley/protocol'
import { useUi } from '../ui.js'
import { Icon, ICONS } from '../views/icons.js'
import { capitalise } from './capitalise.js'
import { RICH_ICONS } from './icons.js'
import { OutLink } from './out-link.js'
import { words } from './words.js'

type Status = LinkState['status']
const STATE_ICON: Record<Status, string> = { requested: ICONS.clock, completed: RICH_ICONS.check, refused: RICH_ICONS.alert, expired: RICH_ICONS.alert }
const STATE_TEXT: Record<Status, string> = {
  requested: words.signInWaiting,
  completed: words.signInDone,
  refused: words.signInRefused,
  expired: words.signInExpired
}

type SignInProps = {
  readonly partner: string
  readonly url: string
  readonly code: string
  readonly status: Status
  /** `null` while the gateway's time is not known. */
  readonly requestedAt: string | null
  readonly expiresInS: number
}

/** The card that leads to a partner's sign-in, and says what came of it. */
export function SignIn({ partner, url, code, status, requestedAt, expiresInS }: SignInProps) {
  const name = capitalise(partner)
  return (
    <div class="card sign-in" part="card" role="group" data-status={status} aria-label={words.connectTo(name)}>
      <p class="card-title">
        <span class="mark">
          <Icon path={RICH_ICONS.key} />
        </span>
        {words.connectTo(name)}
      </p>
      {status === 'requested' ? <Waiting name={name} href={safeLink(url)} code={code} until={until(requestedAt, expiresInS)} /> : null}
      <p class="state" data-status={status}>
        <Icon path={STATE_ICON[status]} />
        {STATE_TEXT[status]}
      </p>
    </div>
  )
}

function Waiting({ name, href, code, until }: { readonly name: string; readonly href: string | null; readonly code: string; readonly until: string | null }) {
  const { formats } = useUi()
  if (!href) return <p role="alert">{words.addressRefused}</p>
  return (
    <>
      <p>{words.signInHow(name)}</p>
      <p class="code">
        <span class="hidden">{words.code}</span> {code}
      </p>
      <OutLink href={href} class="primary" part="button">
        {words.signInTo(name)} <Icon path={RICH_ICONS.out} />
        <span class="hidden">({words.newTab})</span>
      </OutLink>
      {until ? <p class="faint">{words.validUntil(formats.time(until))}</p> : null}
    </>
  )
}

const until = (requestedAt: string | null, expiresInS: number): string | null =>
  requestedAt && !Number.isNaN(Date.parse(requestedAt)) ? new Date(Date.parse(requestedAt) + expiresInS * 1_000).toISOString() : null
