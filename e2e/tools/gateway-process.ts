import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The built gateway in a process of its own, to be killed and started again on the same port and store. */
export interface GatewayProcess {
  readonly url: string
  readonly pid: number
  /** All that it wrote so far, both streams, line by line. */
  readonly lines: readonly string[]
  /** Settles once the process is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

export type GatewayProcessOptions = {
  /** As an operator would write it; `host` is loopback whatever it says. */
  readonly config: Readonly<Record<string, unknown>>
  /** The executable. Default: what `npm run build` made of this repository. */
  readonly program?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Arguments for Node itself, `--expose-gc` for example. */
  readonly nodeArguments?: readonly string[]
}

const BUILT = fileURLToPath(new URL('../../packages/gateway/dist/main.js', import.meta.url))

/**
 * Starts it and waits until it listens.
 * @throws when it ends before, with what it wrote
 */
export async function startGatewayProcess({ config, program = BUILT, environment = {}, nodeArguments = [] }: GatewayProcessOptions): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-gateway-'))
  const file = join(folder, 'parley.config.json')
  writeFileSync(file, JSON.stringify({ ...config, host: '127.0.0.1' }))
  const child = spawn(process.execPath, [...nodeArguments, program, '--config', file], {
    env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const lines: string[] = []
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => {
      rmSync(folder, { recursive: true, force: true })
      resolve({ code, signal })
    })
  })
  const url = await firstUrl(child, lines)
  return {
    url,
    pid: child.pid ?? 0,
    lines,
    ended,
    async kill(signal) {
      child.kill(signal)
      await ended
    }
  }
}

function firstUrl(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (/^http:\/\/\S+$/.test(line)) resolve(line.replace('localhost', '127.0.0.1'))
      })
    }
    child.once('close', (code, signal) => reject(new Error(`the gateway ended with ${code ?? signal} before it listened:\n${lines.join('\n')}`)))
  })
}
