import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Some seeds for one process. `mutant` names the deliberate defect that all their worlds have. */
export type Task = { readonly seeds: readonly number[]; readonly steps: number; readonly mutant: string | null }
export type Failing = { readonly seed: number; readonly faults: readonly string[] }

export type SimulateSeedsOptions = {
  readonly steps: number
  /** Default: none. */
  readonly mutant?: string
  /** Default: one for each core. */
  readonly processes?: number
  /** After each task, with how many worlds are done and how many of them went wrong. */
  onProgress?(done: number, failing: number): void
}

/** Small enough that all processes end at about the same time, large enough that handing them out costs nothing. */
const SEEDS_OF_A_TASK = 50

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))
/**
 * A world makes much that soon is waste, and throws many errors that nobody prints: room for the one, no stack
 * for the other.
 */
const NODE_ARGUMENTS = [
  '--conditions=@parley/source',
  `--import=${new URL('../../packages/gateway/src/testing/typescript-hooks.mjs', import.meta.url).href}`,
  '--max-semi-space-size=64',
  '--stack-trace-limit=0'
]

/**
 * Simulates the worlds of many seeds in several processes: which one takes which seed makes no difference.
 * @returns those that went wrong, by seed
 * @throws when a process ends before its task
 */
export async function simulateSeeds(seeds: readonly number[], options: SimulateSeedsOptions): Promise<readonly Failing[]> {
  const { steps, mutant = null, processes = availableParallelism(), onProgress } = options
  const failing: Failing[] = []
  let next = 0
  let done = 0

  async function work(child: ChildProcess): Promise<void> {
    while (next < seeds.length) {
      const task: Task = { seeds: seeds.slice(next, next + SEEDS_OF_A_TASK), steps, mutant }
      next += task.seeds.length
      failing.push(...(await ask(child, task)))
      done += task.seeds.length
      onProgress?.(done, failing.length)
    }
  }

  const children = Array.from({ length: Math.min(processes, Math.ceil(seeds.length / SEEDS_OF_A_TASK)) }, () => fork(WORKER, [], { execArgv: NODE_ARGUMENTS }))
  try {
    await Promise.all(children.map(work))
  } finally {
    for (const child of children) if (child.connected) child.disconnect()
  }
  return failing.sort((one, other) => one.seed - other.seed)
}

function ask(child: ChildProcess, task: Task): Promise<readonly Failing[]> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null): void =>
      reject(new Error(`a process ended with ${code ?? signal} while it simulated seeds ${task.seeds[0]} to ${task.seeds.at(-1)}`))
    child.once('exit', onExit)
    child.once('error', reject)
    child.once('message', (failing) => {
      child.off('exit', onExit)
      child.off('error', reject)
      resolve(failing as readonly Failing[])
    })
    child.send(task)
  })
}
