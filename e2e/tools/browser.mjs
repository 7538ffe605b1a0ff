/**
 * How every test of ours launches Chromium: the executable that `ensure-browser` chose, or else the
 * build that Playwright brought. Chromium refuses its sandbox to root.
 * @param {string | undefined} executablePath
 */
export const browserLaunchOptions = (executablePath = process.env.PARLEY_CHROMIUM) => ({
  ...(executablePath ? { executablePath } : {}),
  chromiumSandbox: process.getuid?.() !== 0,
  args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic']
})
