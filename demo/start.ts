/** `npm start`: a gateway on the embedded store, the outside systems it talks to, and a shop that embeds the chat. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGateway } from '@parley/gateway'
import { startLab } from './break/lab.js'
import { demoConfig } from './demo-config.js'
import { startLabbChatHook } from './platforms/labb-chat-hook/index.js'
import { startOihPlatform } from './platforms/oih/index.js'
import { startPegaDms } from './platforms/pega-dms/index.js'
import { startSite } from './site/serve.js'

const FIRST_PORT = 8080
/** The gateway's, and those behind it: site, hub, Pega, Labb Chat Hook, and the Pega behind that. */
const PORTS = 6

/** Where PORT is from, and what it must be. */
function firstPort(): number {
  const given = process.env.PORT
  if (given === undefined || given === '') return FIRST_PORT
  const port = Number(given)
  const most = 65_536 - PORTS
  if (Number.isInteger(port) && port > 0 && port <= most) return port
  throw new Error(`PORT is "${given}"; a whole number from 1 to ${most} is wanted.`)
}

async function start(): Promise<void> {
  const port = firstPort()
  const folder = new URL('../../.parley/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const [resultsToken, identitySecret] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
  const platform = await startOihPlatform({
    port: port + 2,
    tickMs: 2_000,
    results: { url: `http://localhost:${port}/hooks/flows/flows`, token: resultsToken },
    pageFiles: new URL('../platforms/oih/page/', import.meta.url)
  })
  const pegaPage = new URL('../platforms/pega-dms/page/', import.meta.url)
  const pega = await startPegaDms({ port: port + 3, webhook: { url: `http://localhost:${port}/hooks/pega/webhook` }, pageFiles: pegaPage })
  const labbPega = await startPegaDms({ port: port + 5, issuer: 'larch-and-loam-labb', webhook: { url: null, isSigned: false }, pageFiles: pegaPage })
  const shop = `http://localhost:${port + 1}`
  const labb = await startLabbChatHook({
    port: port + 4,
    allowedOrigin: shop,
    dmsUrl: labbPega.messagesUrl,
    issuer: labbPega.issuer,
    secret: labbPega.secret
  })
  labbPega.webhookTo(labb.webhookUrl)
  const isDev = process.env.PARLEY_DEV === '1'
  const store = fileURLToPath(new URL(`demo-${port}.db`, folder))
  const gateway = createGateway(demoConfig({ port, site: port + 1, platform, pega, store, resultsToken, identitySecret }), isDev ? { loaderMaxAgeS: 0 } : {})
  await gateway.start()
  const lab = await startLab({ store: fileURLToPath(new URL(`break-${port}.db`, folder)), origin: shop })
  const site = await startSite({
    lab,
    port: port + 1,
    gateway: `http://localhost:${port}`,
    pictures: [platform.url, pega.url, labbPega.url],
    pages: new URL('../site/pages/', import.meta.url),
    bundles: new URL('./site/', import.meta.url),
    flows: platform.flows,
    hub: `${platform.url}/platforms/oih`,
    pega: pega.page,
    labb: labb.url,
    labbPega: labbPega.page,
    identitySecret,
    isDev
  })
  console.log(`\n  Parley is up: http://localhost:${port}\n`)
  console.log(`  shop with the chat   ${site.url}`)
  console.log(`  assistant            ${site.url}/assistant.html`)
  console.log(`  customer service     ${site.url}/service.html`)
  console.log(`  … answer it          ${pega.page}`)
  console.log(`  chat, no gateway     ${site.url}/labb.html`)
  console.log(`  … answer it          ${labbPega.page}`)
  console.log(`  flows, for staff     ${site.url}/flows.html`)
  console.log(`  page on the SDK      ${site.url}/sdk.html`)
  console.log(`  break the line       ${site.url}/break.html`)
  console.log(`  integration hub      ${platform.url}/platforms/oih\n`)
  const stop = async (): Promise<void> => {
    await site.stop()
    await lab.stop()
    await gateway.stop()
    await labb.stop()
    await labbPega.stop()
    await pega.stop()
    await platform.stop()
    process.exit(0)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

start().catch((error: NodeJS.ErrnoException) => {
  const text = error.code === 'EADDRINUSE' ? `${error.message}: set PORT to another number; it and the five after it are used.` : error.message
  console.error(`Parley did not start: ${text}`)
  process.exit(1)
})
