import { useUi } from '../ui.js'
import { words } from './words.js'

/** Stands in the composer's place when the conversation is over. */
export function Ended() {
  const { restart } = useUi()
  return (
    <div class="ended">
      <p>{words.ended}</p>
      {restart ? (
        <button type="button" class="primary" part="button" onClick={restart}>
          {words.startAgain}
        </button>
      ) : null}
    </div>
  )
}
