import { bannerOf } from '../model.js'
import { useUi } from '../ui.js'
import { useAtom } from '../use-atom.js'
import type { Line } from '../use-line.js'

/** Says in plain words what the line is doing, when it is not simply up. */
export function Banner({ line }: { readonly line: Line }) {
  const { client, strings, report } = useUi()
  const { phase, status } = line
  const isSaved = useAtom(client.conversation.$isSaved)
  const text = bannerOf(phase, status.error, isSaved, strings)
  const tryNow = () => {
    client.connect().catch(report)
    line.update()
  }
  return (
    <div role="status" class="banner-place">
      {text ? (
        <div class="banner" part="banner" data-state={status.state}>
          <p>{text}</p>
          {status.state === 'waiting' || status.state === 'offline' ? (
            <button type="button" class="quiet" part="button" onClick={tryNow}>
              {strings.tryNow}
            </button>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}
