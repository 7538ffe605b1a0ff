/** How every test of ours launches Chromium; see `browser.mjs`. */
export function browserLaunchOptions(executablePath?: string): {
  executablePath?: string
  chromiumSandbox: boolean
  args: string[]
}
