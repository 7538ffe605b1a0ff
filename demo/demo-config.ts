import type { OihPlatform } from './platforms/oih/index.js'
import type { PegaDms } from './platforms/pega-dms/index.js'
import { shopScript } from './scripts/shop.js'

type Parts = {
  readonly port: number
  readonly site: number
  readonly platform: OihPlatform
  readonly pega: Pick<PegaDms, 'messagesUrl' | 'issuer' | 'secret'>
  readonly store: string
  readonly resultsToken: string
  readonly identitySecret: string
}

/** The gateway's configuration as an operator would write it, for outside systems and a site on this machine. */
export function demoConfig({ port, site, platform, pega, store, resultsToken, identitySecret }: Parts) {
  const shop = `http://localhost:${site}`
  return {
    port,
    publicUrl: `http://localhost:${port}`,
    store: `sqlite:${store}`,
    origins: [shop],
    home: `${shop}/`,
    identity: { secret: identitySecret },
    audit: { url: `${platform.url}/logs`, token: platform.auditToken },
    inboxes: { flows: { ...oihInbox(platform), resultsToken }, support: supportInbox(shop), pega: pegaInbox(pega) }
  }
}

/** An inbox behind which this hub's flows run. */
export function oihInbox({ url, token, flows, hmacSecret }: OihPlatform) {
  return {
    connector: 'oih',
    webhooksUrl: url,
    flowsUrl: url,
    iamUrl: url,
    secretsUrl: url,
    token,
    title: 'Larch & Loam',
    partner: 'Demo Hub',
    commands: { auth: { flow: flows.signIn }, me: { flow: flows.profile } },
    runFlow: { get: [flows.openingHours], hmac: { [flows.priceUpdate]: { secret: hmacSecret } } }
  }
}

/** The shop's assistant, which hands over to customer service. @param shop its origin, where the pictures are */
export function supportInbox(shop: string) {
  const picture = (plant: string): string => `${shop}/${plant}.svg`
  const pictures = { rose: picture('rose'), lavender: picture('lavender'), fern: picture('fern'), maple: picture('maple') }
  return { connector: 'script', ...shopScript({ pictures, handOver: 'pega' }) }
}

/** Customer service, behind Pega Digital Messaging. */
export function pegaInbox({ messagesUrl, issuer, secret }: Parts['pega']) {
  return { connector: 'pega-dms', url: messagesUrl, issuer, secret, name: 'Customer service', context: { site: 'Larch & Loam' } }
}
