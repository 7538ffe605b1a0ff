import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a server used since it was started. `commitsUs`: how long each commit took since the last question. */
export type Usage = { readonly cpuUs: number; readonly rssBytes: number; readonly heapBytes: number; readonly commitsUs?: readonly number[] }

/** A server under load, in a process of its own, so that what the load itself costs does not count. */
export interface ServerProcess {
  readonly port: number
  /** From the start of the process until it listened, in ms. */
  readonly startedInMs: number
  /** @param collects garbage first, so that memory can be compared */
  usage(collects?: boolean): Promise<Usage>
  /** Settles when the process is gone. */
  end(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

export type ServerKind = 'plain' | 'recovering' | 'parley' | 'unsynced' | 'timed'
export type ServerOptions = { readonly port?: number; readonly file?: string; readonly nodeArguments?: readonly string[] }

const PROGRAMS: Readonly<Record<ServerKind, { readonly program: string; readonly options: object }>> = {
  plain: { program: 'plain-server.mjs', options: {} },
  recovering: { program: 'plain-server.mjs', options: { recovers: true } },
  parley: { program: 'parley-server.mjs', options: {} },
  unsynced: { program: 'parley-server.mjs', options: { isDurable: false } },
  timed: { program: 'parley-server.mjs', options: { timesCommits: true } }
}

/** @throws when it ends before it listens */
export async function startServer(kind: ServerKind, { port = 0, file, nodeArguments = [] }: ServerOptions = {}): Promise<ServerProcess> {
  const { program, options } = PROGRAMS[kind]
  const startedAt = performance.now()
  const parameters = JSON.stringify({ ...options, port, file })
  const child = spawn(process.execPath, ['--expose-gc', ...nodeArguments, fileURLToPath(new URL(program, import.meta.url)), parameters], {
    env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc']
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const waiting = new Map<number, (usage: Usage) => void>()
  const listening = new Promise<number>((resolve, reject) => {
    child.on('message', (message: { port?: number; id?: number; usage?: Usage }) => {
      if (message.port !== undefined) resolve(message.port)
      if (message.id !== undefined && message.usage) waiting.get(message.id)?.(message.usage)
    })
    child.once('close', (code, signal) => reject(new Error(`the ${kind} server ended with ${code ?? signal} before it listened`)))
  })
  let asked = 0
  const heardPort = await listening
  return {
    port: heardPort,
    startedInMs: performance.now() - startedAt,
    usage(collects = false) {
      const id = ++asked
      return new Promise((resolve, reject) => {
        waiting.set(id, (usage) => {
          waiting.delete(id)
          resolve(usage)
        })
        child.send({ ask: collects ? 'collect' : 'usage', id }, (error) => error && reject(error))
      })
    },
    async end(signal = 'SIGKILL') {
      child.kill(signal)
      await ended
    }
  }
}

/** A folder for the stores of one bench; `remove` when its servers are gone. */
export function makeFolder(): { file(name: string): string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  return { file: (name) => join(folder, `${name}.db`), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
