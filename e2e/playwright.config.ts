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
  // Many tabs at once want a machine of their own: `npm run prove`.
  testIgnore: process.env.PARLEY_LOAD === 'prove' ? [] : ['**/tabs.spec.ts'],
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Generous: a busy machine is no fault of what is tested.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: process.env.PARLEY_REPORT ?? join(tmpdir(), 'parley-browser.json') }]],
  use: { browserName: 'chromium', headless: true, trace: 'retain-on-failure', launchOptions: browserLaunchOptions() }
})
