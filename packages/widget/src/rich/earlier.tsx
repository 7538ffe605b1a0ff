import { useState } from 'preact/hooks'
import { useUi } from '../ui.js'
import { words } from './words.js'

/** The way to what was said before. */
export function Earlier({ load }: { readonly load: () => Promise<void> }) {
  const { strings, report } = useUi()
  const [isLoading, setLoading] = useState(false)
  const onClick = () => {
    setLoading(true)
    load()
      .catch(report)
      .finally(() => setLoading(false))
  }
  return (
    <button type="button" class="quiet" part="button" aria-disabled={isLoading} onClick={isLoading ? undefined : onClick}>
      {isLoading ? strings.loading : words.loadEarlier}
    </button>
  )
}
