import type { Arguments, Part } from '@parley/protocol'
import type { LocalItem, PageCommand, PageResult } from './api.js'
import { report } from './report.js'
import type { Local } from './timeline-item.js'

/** The page's own commands as they were given, and what came of them: known in this page only. */
export interface PageCommands {
  items(): readonly Local[]
  /** What was run before is shown no more, from the next change of the list on. */
  clear(): void
  /** Settles when the command has ended, well or not: both are shown. */
  run(command: {
    readonly key: string
    readonly line: string
    readonly after: number
    readonly args: Arguments
    readonly run: PageCommand['run']
  }): Promise<void>
}

export function createPageCommands(onChange: () => void): PageCommands {
  let locals: readonly Local[] = []

  function set(after: number, item: LocalItem): void {
    const isKnown = locals.some((local) => local.item.key === item.key)
    locals = isKnown ? locals.map((local) => (local.item.key === item.key ? { after: local.after, item } : local)) : [...locals, { after, item }]
    onChange()
  }

  return {
    items: () => locals,
    clear() {
      locals = []
    },
    async run({ key, line, after, args, run }) {
      const item = { kind: 'local', key, seq: null, author: null, isMine: true, at: null, line } as const
      set(after, { ...item, state: 'working', parts: [] })
      try {
        const result = await run(args)
        if (result === null) {
          locals = locals.filter((local) => local.item.key !== key)
          onChange()
        } else set(after, { ...item, state: 'finished', parts: partsOf(result) })
      } catch (reason) {
        if (!(reason instanceof Error)) report(reason)
        set(after, { ...item, state: 'failed', parts: partsOf(reason instanceof Error ? reason.message : undefined) })
      }
    }
  }
}

function partsOf(result: Exclude<PageResult, null>): readonly Part[] {
  if (typeof result === 'string') return [{ kind: 'text', text: result }]
  return result ?? []
}
