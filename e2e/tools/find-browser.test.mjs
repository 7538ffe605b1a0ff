import { describe, expect, test } from 'vitest'
import { browserSteps, firstThatLaunches, systemBrowsers } from './find-browser.mjs'

const MISSING = null

/** A machine on which some executables launch; `null` is Playwright's own build. Installing may make more of them launch. */
function machine({ fromEnvironment, working = [], system = [], shellInstalls = false, packageInstalls = false }) {
  const launches = new Set(working)
  const installed = [...system]
  const did = []
  const host = {
    fromEnvironment,
    system: () => installed,
    async installPlaywrightShell() {
      did.push('install shell')
      if (!shellInstalls) throw new Error('no network\nat somewhere')
      launches.add(MISSING)
    },
    async installSystemPackage() {
      did.push('install package')
      if (!packageInstalls) throw new Error('not root')
      launches.add('/usr/bin/chromium')
      installed.push('/usr/bin/chromium')
    }
  }
  const launch = async (executable) => {
    did.push(`launch ${executable ?? 'own build'}`)
    if (!launches.has(executable)) throw new Error('does not start')
    return { path: executable ?? '/own/shell', version: '1' }
  }
  const said = []
  return { did, said, find: () => firstThatLaunches(browserSteps(host), launch, (line) => said.push(line)) }
}

describe('finding a browser', () => {
  test('takes the one that is asked for, and looks no further', async () => {
    const { find, did } = machine({ fromEnvironment: '/mine', working: ['/mine', null, '/usr/bin/chrome'], system: ['/usr/bin/chrome'] })
    expect(await find()).toEqual({ path: '/mine', version: '1', step: 'PARLEY_CHROMIUM' })
    expect(did).toEqual(['launch /mine'])
  })

  test('goes on when the one asked for does not launch, and says so', async () => {
    const { find, said } = machine({ fromEnvironment: '/broken', working: [null] })
    expect(await find()).toEqual({ path: '/own/shell', version: '1', step: "Playwright's own build" })
    expect(said).toEqual(['PARLEY_CHROMIUM (/broken): does not start'])
  })

  test('takes the first of the system that launches, not the first that is there', async () => {
    const { find, did } = machine({ working: ['/b'], system: ['/a', '/b', '/c'] })
    expect((await find())?.path).toBe('/b')
    expect(did).toEqual(['launch own build', 'launch /a', 'launch /b'])
  })

  test('installs only when nothing is there', async () => {
    const { find, did } = machine({ shellInstalls: true })
    expect((await find())?.step).toBe('playwright install --only-shell chromium')
    expect(did).toEqual(['launch own build', 'install shell', 'launch own build'])
  })

  test('falls back to the package of the system, and tries what it brought', async () => {
    const { find, did, said } = machine({ packageInstalls: true })
    expect(await find()).toEqual({ path: '/usr/bin/chromium', version: '1', step: 'apt-get install chromium' })
    expect(did).toEqual(['launch own build', 'install shell', 'install package', 'launch /usr/bin/chromium'])
    expect(said).toContain('playwright install --only-shell chromium: no network')
  })

  test('finds none when nothing launches and nothing can be installed', async () => {
    expect(await machine({ system: ['/a'] }).find()).toBeNull()
  })

  test('looks through PATH and the usual places, Chromium before its relatives, each file once', () => {
    const there = new Set(['/my/bin/google-chrome', '/usr/bin/chromium', '/usr/bin/microsoft-edge'])
    const found = systemBrowsers(
      ['/my/bin', '/usr/bin'],
      (path) => there.has(path),
      (folder, name) => `${folder}/${name}`
    )
    expect(found).toEqual(['/usr/bin/chromium', '/my/bin/google-chrome', '/usr/bin/microsoft-edge'])
  })
})
