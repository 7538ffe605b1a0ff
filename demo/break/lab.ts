import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createFaultProxy, type FaultProxy } from './fault-proxy/fault-proxy.js'

/** What a visitor of the page can do to the line; `delay` and `blackhole` last until they are done again, or healed. */
export const DEEDS = ['cut', 'delay', 'blackhole', 'kill', 'heal'] as const
export type Deed = (typeof DEEDS)[number]

/** How the line is. `isUp`: the gateway's process runs. */
export type LabState = { readonly isUp: boolean; readonly delay: boolean; readonly blackhole: boolean }

/** A gateway to be broken, a plain Socket.IO server in the same process, and the same bad line in front of both. */
export interface Lab {
  readonly parleyPort: number
  readonly plainPort: number
  act(deed: Deed): LabState
  state(): LabState
  stop(): Promise<void>
}

/** A process that was killed is started again after this long, as a supervisor would. */
const RESTART_MS = 1_500

export async function startLab({ store, origin }: { readonly store: string; readonly origin: string }): Promise<Lab> {
  const [port, plainPort] = [await freePort(), await freePort()]
  const program = fileURLToPath(new URL('./break-gateway.js', import.meta.url))
  let child: ChildProcess | null = null
  let timer: NodeJS.Timeout | null = null
  let isStopping = false
  let state: LabState = { isUp: false, delay: false, blackhole: false }

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [program, `${port}`, `${plainPort}`, store, origin], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'error' }
    })
    child = started
    started.once('exit', () => {
      state = { ...state, isUp: false }
      if (!isStopping) timer = setTimeout(() => void start(), RESTART_MS)
    })
    await once(started.stdout, 'data')
    state = { ...state, isUp: true }
  }

  await start()
  const seed = Date.now() % 1_000_000
  const proxies: readonly FaultProxy[] = [await createFaultProxy({ target: { port }, seed }), await createFaultProxy({ target: { port: plainPort }, seed })]
  const [parley, plain] = proxies

  function bend({ delay, blackhole }: LabState): void {
    for (const proxy of proxies) {
      proxy.clear()
      if (delay) proxy.set('both', { kind: 'latency', delayMs: 700, jitterMs: 500 })
      if (blackhole) proxy.set('both', { kind: 'timeout' })
    }
  }

  function act(deed: Deed): LabState {
    switch (deed) {
      case 'cut':
        for (const proxy of proxies) proxy.cut()
        return state
      case 'kill':
        child?.kill('SIGKILL')
        return state
      case 'heal':
        state = { ...state, delay: false, blackhole: false }
        break
      case 'delay':
        state = { ...state, delay: !state.delay }
        break
      case 'blackhole':
        state = { ...state, blackhole: !state.blackhole }
        break
      default:
        return deed satisfies never
    }
    bend(state)
    return state
  }

  return {
    parleyPort: parley?.port ?? 0,
    plainPort: plain?.port ?? 0,
    act,
    state: () => state,
    async stop() {
      isStopping = true
      if (timer) clearTimeout(timer)
      for (const proxy of proxies) await proxy.close()
      if (child?.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
