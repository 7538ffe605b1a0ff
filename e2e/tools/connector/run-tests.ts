import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One sentence of the tests, and where it does not hold the first line that says why. */
export type TestResult = { readonly name: string; readonly fault: string | null }

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

type Reported = {
  readonly testResults: readonly {
    readonly name: string
    readonly message?: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages?: readonly string[] }[]
  }[]
}

/** Runs the tests in a folder. @throws Error when not even a report came of it, with what was written instead */
export async function runTests(folder: string): Promise<readonly TestResult[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'parley-connector-'))
  const file = join(scratch, 'report.json')
  try {
    const written = await runVitest(folder, file)
    return readReport(file, written)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function runVitest(folder: string, file: string): Promise<string> {
  const program = [join(REPOSITORY, 'node_modules/vitest/vitest.mjs'), 'run', '--config', join(REPOSITORY, 'e2e/tools/connector/vitest.config.ts')]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...program, '--reporter=json', `--outputFile=${file}`], {
      cwd: REPOSITORY,
      // What a surrounding run told its own workers is not for this one.
      env: { ...withoutVitest(process.env), PARLEY_CONNECTOR_FOLDER: folder },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let written = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => void (written += String(piece)))
    child.once('error', reject)
    child.once('close', () => resolve(written))
  })
}

const withoutVitest = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(?:VITEST|TEST|NODE_OPTIONS)/.test(name)))

function readReport(file: string, written: string): readonly TestResult[] {
  let report: Reported
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Reported
  } catch {
    throw new Error(`the tests could not be run:\n${written.trim()}`)
  }
  return report.testResults.flatMap(({ name, message, assertionResults }) => {
    const tests = assertionResults.map(({ status, fullName, failureMessages = [] }) => ({
      name: fullName,
      fault: status === 'passed' ? null : firstLine(failureMessages[0] ?? status)
    }))
    // A file that cannot be loaded has no tests, and only a message.
    return tests.length > 0 ? tests : [{ name: `${name.split(/[\\/]/).at(-1)} can be loaded`, fault: firstLine(message || 'it holds no tests') }]
  })
}

const firstLine = (text: string): string => text.split('\n')[0]?.trim() ?? ''
