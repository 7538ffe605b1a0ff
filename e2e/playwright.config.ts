import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { browserLaunchOptions } from './tools/browser.mjs'

/**
 * Browser tests: real Chromium, real gateway, built bundles. `npm test` runs them through
 * `ensure-browser`; by hand, set PARLEY_CHROMIUM. Each test starts its own gateway (`fixtures.ts`).
 */
export default defineConfig({
  testDir: './browser',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: [['list'], ['json', { outputFile: process.env.PARLEY_REPORT ?? join(tmpdir(), 'parley-browser.json') }]],
  use: { browserName: 'chromium', headless: true, trace: 'retain-on-failure', launchOptions: browserLaunchOptions() }
})
