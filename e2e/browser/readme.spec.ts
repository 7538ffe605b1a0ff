import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '../fixtures.js'

const README = new URL('../../README.md', import.meta.url)
/** Inside the repository, so that the packages are found from it. */
const FOLDER = new URL('../../node_modules/.cache/parley-readme/', import.meta.url)

/** The first block of code of this kind behind a heading. */
async function exampleBehind(heading: string, kind: string): Promise<string> {
  const section = (await readFile(README, 'utf8')).split(`\n${heading}\n`)[1] ?? ''
  return section.split(`\`\`\`${kind}\n`)[1]?.split('\n```')[0] ?? ''
}

test('the example of the SDK in the README runs as written, in Node, against a real gateway', async ({ line }, { workerIndex }) => {
  const example = await exampleBehind('## The SDK', 'ts')
  const code = example.replace('https://chat.example.com', line.gateway.url).replace("inbox: 'support'", "inbox: 'flows'")
  expect(example.split('\n').length).toBeLessThanOrEqual(18)
  await mkdir(FOLDER, { recursive: true })
  const file = fileURLToPath(new URL(`sdk-${workerIndex}.mjs`, FOLDER))
  await writeFile(file, code)
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 20_000, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } })
  expect(stderr).toBe('')
  // The visitor's own message, seen as an event, and the number that `send` settled with.
  expect(stdout).toContain("4 [ { kind: 'text', text: 'hello' } ]")
  expect(stdout.trim().split('\n').at(-1)).toMatch(/^4 \d+$/)
})

test.describe('a page that is nothing but the script tag', () => {
  test.use({
    lineOptions: async ({ browserName: _ }, use) => {
      const tag = await exampleBehind('## The script tag', 'html')
      const html = tag.replace('https://chat.example.com', '{{gateway}}').replace('data-inbox="support"', 'data-inbox="flows"')
      await use({ extraPages: { '/plain': `<!doctype html><html lang="en"><title>Plain</title>${html}</html>` } })
    }
  })

  test('the script tag in the README puts the chat on it', async ({ page, line }) => {
    await page.goto(`${line.site.url}/plain`)
    await page.getByRole('button', { name: 'Open chat' }).click()
    await expect(page.getByRole('dialog', { name: 'Chat' }).getByText('Online')).toBeVisible()
  })
})

test('the configuration in the README is one that the gateway takes', async ({ line }) => {
  const example = JSON.parse(await exampleBehind('## The gateway', 'json')) as { readonly port: number }
  const folder = new URL(`config-${line.site.url.split(':').at(-1)}/`, FOLDER)
  await mkdir(folder, { recursive: true })
  const file = fileURLToPath(new URL('parley.config.json', folder))
  await writeFile(file, JSON.stringify({ ...example, port: 0, store: `sqlite:${fileURLToPath(new URL('parley.db', folder))}` }))
  const main = fileURLToPath(new URL('../../packages/gateway/dist/main.js', import.meta.url))
  const env = { ...process.env, PORT: '', PARLEY_SECRET: 'x'.repeat(32), USER_TOKEN: 'token-of-the-hub' }
  const child = execFile(process.execPath, [main, '--config', file], { env })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: string) => (printed += chunk))
  await expect.poll(() => printed, { timeout: 10_000 }).toContain('gateway started')
  child.kill('SIGTERM')
})

test('the sizes that the README names are the ones that are held', async () => {
  const { sizes } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly sizes: readonly { readonly holdBytes: number }[]
  }
  const named = [...(await readFile(README, 'utf8')).matchAll(/less than (\d+) kB/g)].map(([, kilobytes]) => Number(kilobytes) * 1024)
  expect(named).toEqual(sizes.map(({ holdBytes }) => holdBytes))
})
