import type { RunState } from '@parley/protocol'
import { useUi } from '../ui.js'
import { Icon } from '../views/icons.js'
import { RICH_ICONS } from './icons.js'
import { words } from './words.js'

/** How the run of a command stands, and the way to give it up. */
export function RunLine({ run, isMine }: { readonly run: RunState; readonly isMine: boolean }) {
  const { client, report } = useUi()
  const isOver = run.status === 'finished' || run.status === 'failed'
  return (
    <div class="run" data-state={run.status}>
      <p class="state" data-status={run.status}>
        {isOver ? <Icon path={run.status === 'finished' ? RICH_ICONS.check : RICH_ICONS.alert} /> : <Spinner />}
        <span>{runText(run)}</span>
      </p>
      {!isOver && isMine ? (
        <button type="button" class="quiet" part="button" onClick={() => client.conversation.cancel(run.run).catch(report)}>
          {words.cancel}
        </button>
      ) : null}
      {run.status === 'working' && run.fraction !== undefined ? <progress max={1} value={run.fraction} aria-label={words.progress(run.command)} /> : null}
    </div>
  )
}

export const Spinner = () => <span class="spinner" aria-hidden="true" />

function runText(run: RunState): string {
  switch (run.status) {
    case 'started':
      return words.started
    case 'accepted':
      return run.text || words.accepted
    case 'working':
      return run.text || words.working
    case 'finished':
      return words.finished
    case 'failed':
      return words.failed
    default:
      return run.status satisfies never
  }
}
