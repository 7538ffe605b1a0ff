/** `npm start`: a gateway on the embedded store, the demo platform it talks to, and a shop that embeds the chat. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGateway } from '@parley/gateway'
import { startLab } from './break/lab.js'
import { demoConfig } from './demo-config.js'
import { startOihPlatform } from './platforms/oih/index.js'
import { startSite } from './site/serve.js'

const FIRST_PORT = 8080

/** Where PORT is from, and what it must be. */
function firstPort(): number {
  const given = process.env.PORT
  if (given === undefined || given === '') return FIRST_PORT
  const port = Number(given)
  if (Number.isInteger(port) && port > 0 && port < 65_534) return port
  throw new Error(`PORT is "${given}"; a whole number from 1 to 65533 is wanted.`)
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
  const isDev = process.env.PARLEY_DEV === '1'
  const store = fileURLToPath(new URL(`demo-${port}.db`, folder))
  const gateway = createGateway(demoConfig({ port, site: port + 1, platform, store, resultsToken, identitySecret }), isDev ? { loaderMaxAgeS: 0 } : {})
  await gateway.start()
  const lab = await startLab({ store: fileURLToPath(new URL(`break-${port}.db`, folder)), origin: `http://localhost:${port + 1}` })
  const site = await startSite({
    lab,
    port: port + 1,
    gateway: `http://localhost:${port}`,
    pictures: platform.url,
    pages: new URL('../site/pages/', import.meta.url),
    bundles: new URL('./site/', import.meta.url),
    flows: platform.flows,
    hub: `${platform.url}/platforms/oih`,
    identitySecret,
    isDev
  })
  console.log(`\n  Parley is up: http://localhost:${port}\n`)
  console.log(`  shop with the chat   ${site.url}`)
  console.log(`  flows, for staff     ${site.url}/flows.html`)
  console.log(`  page on the SDK      ${site.url}/sdk.html`)
  console.log(`  break the line       ${site.url}/break.html`)
  console.log(`  integration hub      ${platform.url}/platforms/oih\n`)
  const stop = async (): Promise<void> => {
    await site.stop()
    await lab.stop()
    await gateway.stop()
    await platform.stop()
    process.exit(0)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

start().catch((error: NodeJS.ErrnoException) => {
  const text = error.code === 'EADDRINUSE' ? `${error.message}: set PORT to another number; it and the two after it are used.` : error.message
  console.error(`Parley did not start: ${text}`)
  process.exit(1)
})
