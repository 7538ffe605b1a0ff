import type { OihPlatform } from './platforms/oih/index.js'

type Parts = {
  readonly port: number
  readonly site: number
  readonly platform: OihPlatform
  readonly store: string
  readonly resultsToken: string
  readonly identitySecret: string
}

/** The gateway's configuration as an operator would write it, for a hub and a site on this machine. */
export function demoConfig({ port, site, platform, store, resultsToken, identitySecret }: Parts) {
  return {
    port,
    publicUrl: `http://localhost:${port}`,
    store: `sqlite:${store}`,
    origins: [`http://localhost:${site}`],
    home: `http://localhost:${site}/`,
    identity: { secret: identitySecret },
    audit: { url: `${platform.url}/logs`, token: platform.auditToken },
    inboxes: { flows: { ...oihInbox(platform), resultsToken } }
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
