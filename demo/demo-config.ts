import type { OihPlatform } from './platforms/oih/index.js'

type Parts = { readonly port: number; readonly site: number; readonly platform: OihPlatform; readonly store: string }

/** The gateway's configuration as an operator would write it, for a hub and a site on this machine. */
export function demoConfig({ port, site, platform, store }: Parts) {
  return {
    port,
    publicUrl: `http://localhost:${port}`,
    store: `sqlite:${store}`,
    origins: [`http://localhost:${site}`],
    home: `http://localhost:${site}/`,
    inboxes: { flows: platform.inbox() }
  }
}
