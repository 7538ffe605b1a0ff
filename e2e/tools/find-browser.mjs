/**
 * Chooses the first browser that really launches. The idea: a list of steps, each of which may offer
 * executables; whatever is offered is tried at once, and the first that draws a page is taken.
 */

/** Where Chromium and its relatives usually are, besides the folders of PATH. */
const PLACES = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/opt/google/chrome',
  '/opt/microsoft/msedge',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Microsoft Edge.app/Contents/MacOS',
  'C:\\Program Files\\Google\\Chrome\\Application',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application'
]
const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
  'Google Chrome',
  'Chromium',
  'Microsoft Edge',
  'chrome.exe',
  'msedge.exe'
]

/**
 * Browsers of the system, in the order of NAMES.
 * @param pathFolders the folders of PATH
 * @param isFile `(path) => boolean`
 */
export function systemBrowsers(pathFolders, isFile, join) {
  const folders = [...new Set([...pathFolders, ...PLACES])]
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)).filter(isFile))
}

/**
 * The steps in order. `offers()` gives executables to try: a path, or `null` for the one Playwright
 * finds by itself. It may install something first, and throws when that cannot be done.
 * @param host `{ fromEnvironment, system(), installPlaywrightShell(), installSystemPackage() }`
 */
export const browserSteps = (host) => [
  { name: 'PARLEY_CHROMIUM', offers: async () => (host.fromEnvironment ? [host.fromEnvironment] : []) },
  { name: "Playwright's own build", offers: async () => [null] },
  { name: 'a browser of this system', offers: async () => host.system() },
  {
    name: 'playwright install --only-shell chromium',
    offers: async () => {
      await host.installPlaywrightShell()
      return [null]
    }
  },
  {
    name: 'apt-get install chromium',
    offers: async () => {
      await host.installSystemPackage()
      return host.system()
    }
  }
]

/**
 * @param steps from `browserSteps`
 * @param launch `(executable | null) => Promise<{ path, version }>`: launches it and draws a page, or throws
 * @param say receives one line per attempt
 * @returns `{ path, version, step }`, or `null` when nothing launched
 */
export async function firstThatLaunches(steps, launch, say) {
  for (const step of steps) {
    const offers = await step.offers().catch((error) => {
      say(`${step.name}: ${firstLine(error)}`)
      return []
    })
    for (const offer of offers) {
      try {
        return { ...(await launch(offer)), step: step.name }
      } catch (error) {
        say(`${step.name}${offer ? ` (${offer})` : ''}: ${firstLine(error)}`)
      }
    }
  }
  return null
}

const firstLine = (error) => String(error.message).split('\n')[0]
