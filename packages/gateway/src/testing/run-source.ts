import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type SourceProcess = {
  readonly child: ChildProcess
  /** What it wrote, line by line, so far. */
  readonly lines: string[]
  readonly errors: string[]
  /** Settles with the first line that fits; rejects when the process ends before. */
  line(fits: (line: string) => boolean): Promise<string>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

const HOOKS = new URL('./typescript-hooks.mjs', import.meta.url)

/** Runs one of our sources in a process of its own, to be killed. */
export function runSource(file: URL, parameters: readonly string[], environment: Readonly<Record<string, string>> = {}): SourceProcess {
  const child = spawn(process.execPath, ['--conditions=@parley/source', '--import', HOOKS.href, fileURLToPath(file), ...parameters], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const lines: string[] = []
  const errors: string[] = []
  const waiting = new Set<{ fits(line: string): boolean; done(line: string): void; fail(error: Error): void }>()
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    // Settled promises do not mind being asked again.
    for (const one of waiting) if (one.fits(line)) one.done(line)
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => {
      for (const one of waiting) one.fail(new Error(`it ended before: ${errors.join('\n')}`))
      resolve({ code, signal })
    })
  })
  return {
    child,
    lines,
    errors,
    ended,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const found = lines.find(fits)
        if (found !== undefined) return resolve(found)
        const entry = { fits, done: resolve, fail: reject }
        waiting.add(entry)
      })
  }
}
