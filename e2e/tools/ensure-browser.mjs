/**
 * Finds a Chromium that really launches, or installs one, and says which.
 * Usage: node e2e/tools/ensure-browser.mjs [--exec command argument …]
 * The command runs with PARLEY_CHROMIUM set to what was found; its exit code becomes ours.
 */
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { browserLaunchOptions } from './browser.mjs'
import { browserSteps, firstThatLaunches, systemBrowsers } from './find-browser.mjs'

const LAUNCH_TIMEOUT_MS = 30_000
const INSTALL_TIMEOUT_MS = 300_000
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NO_BROWSER = `No browser could be started, and none could be installed.
Install Chromium, Chrome or Edge, or set PARLEY_CHROMIUM to the path of one, and run this again.`

const say = (line) => console.log(`browser: ${line}`)
const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** Runs a command with its output shown. @throws when it fails or takes too long */
function run(command, args, timeout) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], timeout })
    child.on('error', reject)
    child.on('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? `code ${code}`}`))))
  })
}

/** Launches it, draws a page and measures a button: a browser that starts but draws nothing is of no use. */
async function launch(executable) {
  const server = await chromium.launchServer({ ...browserLaunchOptions(executable ?? ''), timeout: LAUNCH_TIMEOUT_MS })
  try {
    const browser = await chromium.connect(server.wsEndpoint())
    const page = await browser.newPage()
    await page.setContent('<button style="width:120px;height:40px">Open chat</button>')
    const box = await page.getByRole('button', { name: 'Open chat' }).boundingBox()
    const picture = await page.screenshot({ timeout: LAUNCH_TIMEOUT_MS })
    if (box?.width !== 120 || picture.length < 100) throw new Error('it starts, but it does not draw')
    return { path: server.process().spawnfile, version: browser.version() }
  } finally {
    await server.close()
  }
}

const playwrightCli = () => join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js')

async function installSystemPackage() {
  if (process.platform !== 'linux') throw new Error('only tried on Linux')
  const asRoot = process.getuid() === 0 ? ['env'] : ['sudo', '-n', 'env']
  const aptGet = (...args) => run(asRoot[0], [...asRoot.slice(1), 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args], INSTALL_TIMEOUT_MS)
  await aptGet('update', '-q')
  await aptGet('install', '-q', '-y', '--no-install-recommends', 'chromium')
}

const host = {
  fromEnvironment: process.env.PARLEY_CHROMIUM,
  system: () => systemBrowsers((process.env.PATH ?? '').split(delimiter).filter(Boolean), isFile, join),
  installPlaywrightShell: () => run(process.execPath, [playwrightCli(), 'install', '--only-shell', 'chromium'], INSTALL_TIMEOUT_MS),
  installSystemPackage
}

function exec([command, ...args], executable) {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, PARLEY_CHROMIUM: executable } })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`${command} could not be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}

const execAt = process.argv.indexOf('--exec')
const command = execAt === -1 ? [] : process.argv.slice(execAt + 1)
const found = await firstThatLaunches(browserSteps(host), launch, say)
if (found === null) {
  console.error(NO_BROWSER)
  process.exitCode = 1
} else {
  say(`${found.path}, version ${found.version} (${found.step})`)
  if (command.length > 0) exec(command, found.path)
}
