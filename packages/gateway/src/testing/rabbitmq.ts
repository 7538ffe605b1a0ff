import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

/** Debian's wrapper gives root's rights away and with them the folder of the test; the script behind it does not. */
const DEBIAN = '/usr/lib/rabbitmq/bin/rabbitmq-server'
/** Erlang's register of nodes stays behind when its node is gone, unless it is told. */
const REGISTER = 'epmd'

const inPath = (name: string): string | null =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file)) ?? null

/** The server and what it needs besides, `null` where they are not installed. */
export function findRabbit(): string | null {
  if (!inPath(REGISTER)) return null
  return existsSync(DEBIAN) ? DEBIAN : inPath('rabbitmq-server')
}

export interface Rabbit {
  readonly url: string
  /** Starts it on what it had kept. Settles when it takes connections. */
  start(): Promise<void>
  /** As a power cut does. */
  kill(): Promise<void>
  /** Kills it and all that it started. */
  dispose(): Promise<void>
}

/** A real broker of this test alone, on loopback, whose files are all in `folder`. */
export async function createRabbit(server: string, folder: string): Promise<Rabbit> {
  const [port, distribution, register] = [await freePort(), await freePort(), await freePort()]
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(register),
    RABBITMQ_NODENAME: `parley-test-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'environment'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}'
  }
  let child: ChildProcess | null = null

  async function kill(): Promise<void> {
    const dying = child
    child = null
    if (!dying?.pid || dying.exitCode !== null || dying.signalCode !== null) return
    const ended = new Promise((resolve) => dying.once('close', resolve))
    process.kill(-dying.pid, 'SIGKILL')
    await ended
  }

  return {
    // As the guest that every new broker lets in from its own machine.
    url: `amqp://127.0.0.1:${port}`,
    start() {
      // A group of its own, which can be killed whole.
      const started = spawn(server, [], { env: environment, cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      const lines: string[] = []
      return new Promise((resolve, reject) => {
        for (const stream of [started.stdout, started.stderr]) {
          createInterface({ input: stream }).on('line', (line) => {
            lines.push(line)
            if (line.includes('Server startup complete')) resolve()
          })
        }
        started.once('error', reject)
        started.once('close', () => reject(new Error(`the broker ended: ${lines.slice(-5).join('\n')}`)))
      })
    },
    kill,
    async dispose() {
      await kill()
      await promisify(execFile)(REGISTER, ['-port', String(register), '-kill'], { env: environment })
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
