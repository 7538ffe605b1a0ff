import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../config.js'
import { runSource } from '../testing/run-source.js'
import { labbChatHookConfig, namesLabbChatHook } from './config.js'

const GOOD = {
  ALLOWED_ORIGIN: 'https://www.example.com',
  DMS_URL: 'https://incoming.example.com/messages',
  JWT_ISSUER: 'connection-1',
  JWT_SECRET: 'a secret that nobody sees'
}

describe('the four variables of a Labb Chat Hook', () => {
  test('alone are a whole configuration, and no secret stands in it', () => {
    const written = labbChatHookConfig(GOOD)
    const dms = { url: 'env:DMS_URL', issuer: 'env:JWT_ISSUER', secret: 'env:JWT_SECRET', webhookAuth: true }
    expect(written).toEqual({
      port: 5600,
      host: '0.0.0.0',
      trustProxy: false,
      store: 'sqlite:./parley.db',
      origins: ['https://www.example.com'],
      inboxes: { pega: { connector: 'pega-dms', ...dms }, 'labb-chat-hook': { connector: 'labb-chat-hook', ...dms, trustCustomerId: false } }
    })
    expect(readConfig(written, GOOD).inboxes.map(({ settings }) => settings)).toEqual([
      expect.objectContaining({ url: GOOD.DMS_URL, issuer: GOOD.JWT_ISSUER, secret: GOOD.JWT_SECRET }),
      expect.objectContaining({ url: GOOD.DMS_URL, issuer: GOOD.JWT_ISSUER, secret: GOOD.JWT_SECRET })
    ])
  })

  test('and what may stand beside them', () => {
    const more = {
      ALLOWED_ORIGIN: ' https://a.example , http://localhost:3000,',
      PORT: '80',
      PARLEY_STORE: 'sqlite:/data/x.db',
      PARLEY_TRUST_PROXY: '1',
      LCH_WEBHOOK_AUTH: 'off',
      LCH_TRUST_CUSTOMER_ID: '1'
    }
    const environment = { ...GOOD, ...more }
    expect(readConfig(labbChatHookConfig(environment), environment)).toMatchObject({
      port: 80,
      trustProxy: true,
      store: 'sqlite:/data/x.db',
      origins: ['https://a.example', 'http://localhost:3000'],
      inboxes: [{ settings: { webhookAuth: false } }, { settings: { webhookAuth: false, trustCustomerId: true } }]
    })
  })

  test('none of them: nobody wants a Labb Chat Hook; an empty one is none', () => {
    expect([namesLabbChatHook({}), namesLabbChatHook({ PORT: '1', JWT_SECRET: ' ' }), namesLabbChatHook({ DMS_URL: 'x' })]).toEqual([false, false, true])
  })

  test.each([
    ['ALLOWED_ORIGIN', undefined, /^ALLOWED_ORIGIN: found nothing; wanted is the exact origins/],
    ['ALLOWED_ORIGIN', ' ', /^ALLOWED_ORIGIN: found nothing; wanted/],
    ['ALLOWED_ORIGIN', ',', /^ALLOWED_ORIGIN: found ","; wanted/],
    ['ALLOWED_ORIGIN', '*', /^ALLOWED_ORIGIN: found "\*"; wanted is the exact origin of a page/],
    ['ALLOWED_ORIGIN', 'https://a.example,https://b.example/', /^ALLOWED_ORIGIN: found "https:\/\/b\.example\/"; wanted is .*"https:\/\/b\.example" perhaps$/],
    ['DMS_URL', undefined, /^DMS_URL: found nothing; wanted is the web address/],
    ['DMS_URL', 'a secret by mistake', /^DMS_URL: found a text of 19 characters that is none; wanted/],
    ['DMS_URL', 'ftp://x.example/', /^DMS_URL: found a text of 16 characters that is none; wanted/],
    ['DMS_URL', 'https://user:password@x.example/', /^DMS_URL: found a text of 32 characters that is none; wanted/],
    ['JWT_ISSUER', 'connection 1', /^JWT_ISSUER: found a text of 12 characters; wanted is the connection id/],
    ['JWT_ISSUER', '', /^JWT_ISSUER: found nothing; wanted is the connection id/],
    ['JWT_SECRET', undefined, /^JWT_SECRET: found nothing; wanted is the JWT secret/],
    ['LCH_WEBHOOK_AUTH', 'false', /^LCH_WEBHOOK_AUTH: found "false"; wanted is "off" if Pega sends no token, else nothing$/],
    ['LCH_WEBHOOK_AUTH', 'OFF', /^LCH_WEBHOOK_AUTH: found "OFF"; wanted/],
    ['LCH_TRUST_CUSTOMER_ID', 'true', /^LCH_TRUST_CUSTOMER_ID: found "true"; wanted is "1" if every customer number is to be believed, else nothing$/],
    ['PORT', 'http', /^PORT: found "http"; wanted is a port/],
    ['PORT', '65536', /^PORT: found "65536"; wanted is a port/]
  ])('%s = %j stops the start with one line', (name, value, line) => {
    const found = (() => {
      try {
        return JSON.stringify(labbChatHookConfig({ ...GOOD, [name]: value }))
      } catch (thrown) {
        return String((thrown as Error).message)
      }
    })()
    expect(found).toMatch(line)
    expect(found).not.toMatch(/\n|nobody sees/)
  })
})

describe('the executable', () => {
  const MAIN = new URL('../main.ts', import.meta.url)

  test('names the variable that is missing, and does not start', { timeout: 60_000 }, async () => {
    const { JWT_SECRET: _, ...half } = GOOD
    const started = runSource(MAIN, [], half)
    expect([await started.ended, started.errors]).toEqual([
      { code: 1, signal: null },
      ['JWT_SECRET: found nothing; wanted is the JWT secret that Pega Digital Messaging shows']
    ])
  })

  test('goes by a configuration that is given, whatever the variables say', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-labb-config-'))
    try {
      const file = join(folder, 'other.json')
      writeFileSync(file, '{ "inboxes": {} }')
      const started = runSource(MAIN, ['--config', file], { ...GOOD, ALLOWED_ORIGIN: '*' })
      expect([await started.ended, started.errors.join()]).toEqual([{ code: 1, signal: null }, expect.stringMatching(/^inboxes: found/)])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
