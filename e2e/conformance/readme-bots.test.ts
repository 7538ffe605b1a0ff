import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prove } from 'parley-conformance'
import { afterEach, beforeEach, expect, test } from 'vitest'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const SECRET = 'whsec_Zm9yIHRoZSB0ZXN0cyBvZiB0aGUgcGFnZSBhbG9uZQ=='
const hasPython = spawnSync('python3', ['--version']).status === 0

let folder = ''
let running: ChildProcess | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-bot-'))
})
afterEach(() => {
  running?.kill()
  rmSync(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}

/** As it stands in the README. @returns its address, once somebody answers there */
async function startBot(program: string, file: string, language: string): Promise<string> {
  const [, text = ''] = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(README) ?? []
  const url = `http://127.0.0.1:${await freePort()}/chat`
  writeFileSync(join(folder, file), text)
  const bot = spawn(program, [join(folder, file)], { env: { ...process.env, HOOK_SECRET: SECRET, PORT: new URL(url).port }, stdio: 'ignore' })
  running = bot
  while (!(await fetch(url).catch(() => null))) {
    if (bot.exitCode !== null) throw new Error(`the bot ended with ${bot.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return url
}

test.each([
  ['Node', process.execPath, 'bot.mjs', 'js'],
  ['Python', 'python3', 'bot.py', 'python']
])('the bot of the README in %s holds every rule that it can be held to', { timeout: 120_000 }, async (name, program, file, language) => {
  if (name === 'Python' && !hasPython) return void console.log('python3 is not installed here: its bot is not tried')
  const url = await startBot(program, file, language)
  const report = await prove({
    url,
    kind: 'bot',
    seed: 1,
    timeoutMs: 10_000,
    only: null,
    bot: { secret: SECRET, manifestUrl: url, callback: { host: '127.0.0.1', port: 0, url: null } },
    gateway: { inbox: 'support', origin: null }
  })
  expect(report.outcomes.filter(({ state }) => state === 'broken')).toEqual([])
  expect(report.held).toBeGreaterThan(20)
})
