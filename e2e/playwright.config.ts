import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { browserLaunchOptions } from './tools/browser.mjs'

/**
 * Browser tests: real Chromium, real gateway, built bundles. `npm test` runs them through
 * `ensure-browser`; by hand, set PARLEY_CHROMIUM. Each test starts its own gateway (`fixtures.ts`).
 * The limits only end what hangs: how fast something is, is measured by `npm run bench`.
 * A trace takes two fifths of the time of a run, so it is asked for: `--trace retain-on-failure`.
 */
export default defineConfig({
  testDir: './browser',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: process.env.PARLEY_REPORT ?? join(tmpdir(), 'parley-browser.json') }]],
  use: { browserName: 'chromium', headless: true, screenshot: 'only-on-failure', launchOptions: browserLaunchOptions() }
})
