import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { runCommand, type World } from './run-command.js'
import { SECRET, startBot } from './testing/bot.js'

type Ran = { readonly code: number; readonly printed: readonly string[]; readonly complained: readonly string[]; readonly files: ReadonlyMap<string, string> }

async function run(given: readonly string[], over: Partial<World> = {}): Promise<Ran> {
  const printed: string[] = []
  const complained: string[] = []
  const files = new Map<string, string>()
  const code = await runCommand(given, {
    environment: {},
    isTerminal: false,
    seed: 5,
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
    writeFile: async (path, text) => void files.set(path, text),
    ...over
  })
  return { code, printed, complained, files }
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a command line that is not as wanted', () => {
  test.each([
    [[], 'There is no address: parley-conformance <url>, https://bot.example.com/chat for example. --help tells the rest.'],
    [['bot.example.com'], 'the address: found "bot.example.com", wanted an http or https address without user name or fragment.'],
    [['http://a.test', 'http://b.test'], 'Found 2 addresses, wanted one.'],
    [['http://a.test', '--kind', 'desk'], '--kind: found "desk", wanted bot or gateway.'],
    [['http://a.test', '--seed', 'x'], '--seed: found "x", wanted a whole number from 0 to 4294967295.'],
    [['http://a.test', '--timeout', '60'], '--timeout: found "60", wanted a whole number from 1 to 15.'],
    [
      ['http://a.test', '--origin', 'https://www.example.com/'],
      '--origin: found "https://www.example.com/", wanted the exact origin of a page: https://www.example.com.'
    ],
    [['http://a.test', '--inbox', '../x'], '--inbox: found "../x", wanted the name of an inbox: small letters, digits and dashes, 32 at most.'],
    [
      ['http://a.test', '--secret', 'short'],
      '--secret or PARLEY_WEBHOOK_SECRET: found a text of 5 characters, wanted "whsec_" and 24 to 64 bytes as Base64, or any other text of 24 to 500 characters.'
    ]
  ])('%j ends with 2 and one line', async (given, line) => {
    expect(await run(given)).toMatchObject({ code: 2, printed: [], complained: [line] })
  })

  test('names a flag that there is not, and says where to find the others', async () => {
    const { code, complained } = await run(['http://a.test', '--colour'])
    expect([code, complained.length]).toEqual([2, 1])
    expect(complained[0]).toMatch(/--colour.*--help tells what there is\.$/)
  })
})

test('--help says how it is used', async () => {
  const { code, printed } = await run(['--help'])
  expect([code, printed[0]?.split('\n')[0]]).toEqual([0, 'Usage: parley-conformance <url> [options]'])
})

test('where nobody listens it ends with 2, the address and the reason', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  expect(await run([url])).toMatchObject({
    code: 2,
    complained: [`Nothing answers at ${url} (fetch failed: ECONNREFUSED): start the bot or the gateway, or give the address that it really has.`]
  })
})

test('a check that there is not is named with those that there are', async () => {
  const bot = await startBot()
  const { code, complained } = await run([bot.url, '--only', 'signatures'])
  expect([code, complained[0]]).toEqual([
    2,
    '--only: found "signatures", wanted some of answer, talk, repeat, text, request, signature, body, event, names, manifest, command, end, callback, or the whole id of a check.'
  ])
  await bot.close()
})

test('a bot is found out, each check has its line, and the report says what was found and what is wanted', async () => {
  const bot = await startBot({ isSigned: (headers) => headers['webhook-signature'] !== undefined })
  const { code, printed, files } = await run([bot.url, '--only', 'signature.missing', '--seed', '7', '--json', 'report.json'], {
    environment: { PARLEY_WEBHOOK_SECRET: SECRET }
  })
  const plain = printed.join('\n').replace(/\d+ ms/g, 'N ms')
  expect([code, plain.split('\n')]).toEqual([
    1,
    [
      `${bot.url} is taken for a webhook bot: 3 checks, seed 7`,
      '✓ answer.in-time  A message is answered in time. N ms',
      '✓ answer.status  A signed message is answered with status 2xx, and not from another address. N ms',
      '✗ signature.missing  A request without a signature is refused with 4xx.',
      '',
      '✗ signature.missing',
      '  rule:   A request without a signature is refused with 4xx.',
      '  found:  an empty webhook-signature: status 200; no webhook-id: status 200; no webhook-timestamp: status 200',
      '  wanted: status 401, or another 4xx, and nothing done',
      '',
      `The webhook bot at ${bot.url} does not conform: 2 held, 1 broken, 0 not tried (seed 7).`
    ]
  ])
  const report = JSON.parse(files.get('report.json') ?? '') as {
    readonly kind: string
    readonly outcomes: readonly { readonly id: string; readonly state: string }[]
  }
  expect([report.kind, report.outcomes.map(({ id, state }) => `${id} ${state}`)]).toEqual([
    'bot',
    ['answer.in-time held', 'answer.status held', 'signature.missing broken']
  ])
  expect(`${printed.join()}${files.get('report.json')}`).not.toContain(SECRET)
  await bot.close()
})

test('on a terminal it is coloured, elsewhere it is not', async () => {
  const bot = await startBot()
  const [plain, coloured] = [await run([bot.url, '--only', 'event.opened-closed']), await run([bot.url, '--only', 'event.opened-closed'], { isTerminal: true })]
  const beginning = '\u001b['
  expect([plain, coloured].map(({ printed }) => printed.join().includes(beginning))).toEqual([false, true])
  await bot.close()
})
