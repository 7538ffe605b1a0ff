import { describe, expect, test } from 'vitest'
import { readConfig } from './config.js'
import { FLOWS, HUB, IAM, SETTINGS } from './fixtures/bench.js'

describe('a configuration', () => {
  test('needs the address of the webhooks only', () => {
    expect(readConfig({ webhooksUrl: 'http://localhost:1234/' })).toEqual({
      ok: true,
      value: {
        webhooksUrl: 'http://localhost:1234',
        flowsUrl: undefined,
        iamUrl: undefined,
        token: undefined,
        login: undefined,
        authFlow: undefined,
        meFlow: undefined,
        allow: undefined,
        get: [],
        signatures: new Map(),
        logout: false,
        operatorRoles: ['operator'],
        visitorToken: undefined,
        resultsToken: undefined,
        watchMs: 86_400_000,
        startTimeoutMs: 120_000,
        pollMs: 2_000,
        signInOrigins: [],
        title: undefined,
        partner: 'Open Integration Hub',
        runTimeoutMs: 600_000,
        postTimeoutMs: 10_000,
        legacyCallback: false
      }
    })
  })

  test('lets a sign-in lead to the secret service where nothing else is said', () => {
    const { signInOrigins: _, ...rest } = SETTINGS
    expect(readConfig(rest)).toMatchObject({ ok: true, value: { signInOrigins: ['https://skm.example.test'] } })
  })

  test.each<[string, unknown, string, string, string]>([
    ['is missing', undefined, '', 'nothing', 'an object'],
    ['has no address', {}, 'webhooksUrl', 'nothing', 'a web address'],
    ['has no flow for a command', { ...SETTINGS, commands: { me: {} } }, 'commands.me.flow', 'nothing', '24 hexadecimal digits'],
    ['has a number as address', { webhooksUrl: 1 }, 'webhooksUrl', '1', 'a web address'],
    ['has an address of another kind', { webhooksUrl: 'ftp://x' }, 'webhooksUrl', '"ftp://x"', 'http or https'],
    ['has an address with a password', { webhooksUrl: 'https://a:b@x' }, 'webhooksUrl', 'https://a:b@x', 'without user name'],
    ['has an unknown key', { ...SETTINGS, webhookUrl: 'x' }, 'webhookUrl', 'an unknown key', 'webhooksUrl'],
    ['has an unknown key inside', { ...SETTINGS, commands: { profile: { flow: 'x' } } }, 'commands.profile', 'an unknown key', 'auth, me'],
    ['has a wrong flow id', { ...SETTINGS, runFlow: { allow: ['5f'] } }, 'runFlow.allow.0', '"5f"', '24 hexadecimal digits'],
    ['has a wrong flow for a command', { ...SETTINGS, commands: { me: { flow: '../flows' } } }, 'commands.me.flow', '"../flows"', '24 hexadecimal digits'],
    [
      'has an address where an origin is wanted',
      { ...SETTINGS, signInOrigins: ['https://x/y'] },
      'signInOrigins.0',
      '"https://x/y"',
      'an origin and nothing else'
    ],
    ['has a name without a password', { ...SETTINGS, token: undefined, username: 'x' }, 'password', 'nothing', 'both or neither'],
    ['has a name beside a token', { ...SETTINGS, username: 'x', password: 'y' }, 'username', 'a user name beside a token', 'either token'],
    ['has a name but no IAM', { webhooksUrl: 'http://x', username: 'x', password: 'y' }, 'iamUrl', 'nothing', 'IAM'],
    ['signs in without saying where', { webhooksUrl: 'http://x', commands: SETTINGS.commands }, 'signInOrigins', 'nothing', 'origins'],
    ['waits for no time', { ...SETTINGS, postTimeoutMs: 0 }, 'postTimeoutMs', '0', 'milliseconds'],
    ['watches for a month', { ...SETTINGS, watchMs: 2_592_000_000 }, 'watchMs', '2592000000', 'from 1000 to 604800000'],
    ['looks too often', { ...SETTINGS, pollMs: 10 }, 'pollMs', '10', 'from 250 to 60000'],
    ['has nobody to start flows', { ...SETTINGS, operatorRoles: [] }, 'operatorRoles', '0', '1 to 20 names of roles'],
    ['has a short token for results', { ...SETTINGS, flowsUrl: HUB, resultsToken: 'short' }, 'resultsToken', 'a text of 5 characters', '32 to 200'],
    ['takes results without a repository', { ...SETTINGS, resultsToken: 'r'.repeat(32) }, 'flowsUrl', 'nothing', 'Flow Repository'],
    ['asks visitors for a token without IAM', { webhooksUrl: HUB, visitorToken: 'optional' }, 'iamUrl', 'nothing', 'IAM'],
    [
      'asks visitors for a token without one of its own',
      { webhooksUrl: HUB, iamUrl: IAM, visitorToken: 'required' },
      'token',
      'nothing',
      'iam.token.introspect'
    ],
    ['asks visitors for a token in its own way', { ...SETTINGS, visitorToken: 'maybe' }, 'visitorToken', '"maybe"', '"optional" or "required"'],
    ['ends a session that it did not open', { ...SETTINGS, logout: true }, 'logout', 'true without a login', 'username and password'],
    ['runs no flow by GET', { ...SETTINGS, runFlow: { get: ['x'] } }, 'runFlow.get.0', '"x"', '24 hexadecimal digits'],
    ['signs for no flow', { ...SETTINGS, runFlow: { hmac: { x: { secret: 'y' } } } }, 'runFlow.hmac.x', '"x"', '24 hexadecimal digits'],
    ['signs with nothing', { ...SETTINGS, runFlow: { hmac: { [FLOWS.report]: {} } } }, `runFlow.hmac.${FLOWS.report}.secret`, 'nothing', 'API key'],
    [
      'signs with a secret alone',
      { ...SETTINGS, runFlow: { hmac: { [FLOWS.report]: 'very secret' } } },
      `runFlow.hmac.${FLOWS.report}`,
      'a text of 11 characters',
      'secret'
    ],
    ['signs all with one secret', { ...SETTINGS, runFlow: { hmac: 'very secret' } }, 'runFlow.hmac', 'a text of 11 characters', '<flow id>'],
    [
      'signs in a way that is none',
      { ...SETTINGS, runFlow: { hmac: { [FLOWS.report]: { secret: 'y', algorithm: 'md5' } } } },
      `runFlow.hmac.${FLOWS.report}.algorithm`,
      '"md5"',
      'sha256'
    ],
    [
      'signs in the place of the token',
      { ...SETTINGS, runFlow: { hmac: { [FLOWS.report]: { secret: 'y', header: 'Authorization' } } } },
      `runFlow.hmac.${FLOWS.report}.header`,
      '"authorization"',
      'none of those'
    ],
    [
      'signs what has no body',
      { ...SETTINGS, runFlow: { get: [FLOWS.report.toUpperCase()], hmac: { [FLOWS.report]: { secret: 'y' } } } },
      `runFlow.hmac.${FLOWS.report}`,
      'run by GET',
      'no body to sign'
    ]
  ])('that %s is refused with key, found and wanted', (_name, value, key, found, wanted) => {
    const read = readConfig(value)
    expect(read).toMatchObject({ ok: false, key })
    if (read.ok) return
    expect(read.found).toContain(found)
    expect(read.wanted).toContain(wanted)
  })

  test('never quotes a secret, not even a wrong one', () => {
    for (const wrong of [{ token: 'with blank' }, { token: 'x', password: 7 }, { token: undefined, username: 'x', password: '' }]) {
      expect(JSON.stringify(readConfig({ ...SETTINGS, ...wrong }))).not.toMatch(/with blank|"7"|: 7/)
    }
  })
})
