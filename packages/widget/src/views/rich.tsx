import { atom } from 'nanostores'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { useAtom } from '../use-atom.js'
import { useUi } from '../ui.js'
import type { RichViews } from './rich-views.js'

/** One for all who wait: when somebody's second try succeeds, everybody is served. */
const $views = atom<RichViews | null>(null)
let loading: Promise<RichViews> | null = null
let fetchViews = (): Promise<RichViews> => Promise.reject(new Error('nobody said where the richer views are'))

/** Where the richer views come from; said once, by the entry of the package. */
export function provideRich(fetch: () => Promise<RichViews>): void {
  fetchViews = fetch
}

/** Fetches results, tables, cards and pictures; at once when they are here. A failed fetch may be tried again. */
export function loadRich(): Promise<RichViews> {
  loading ??= fetchViews().then(
    (views) => {
      $views.set(views)
      return views
    },
    (error: unknown) => {
      loading = null
      throw error
    }
  )
  return loading
}

/** They will be wanted soon, so that nothing has to wait for them. Only a guess: who really needs them tells of a failure. */
export const prepareRich = (): void => void loadRich().catch(() => undefined)

/**
 * Draws what needs the richer views, as soon as they are here.
 * @param meanwhile what to show until then, and for good if they cannot be fetched
 * @param isOptional only a help: nobody is told when it cannot be had
 */
export function Rich({
  draw,
  meanwhile,
  isOptional
}: {
  readonly draw: (views: RichViews) => ComponentChildren
  readonly meanwhile?: ComponentChildren
  readonly isOptional?: boolean
}): ComponentChildren {
  const { strings, addStyle, report } = useUi()
  const views = useAtom($views)
  const [hasFailed, setFailed] = useState(false)
  const load = () => {
    setFailed(false)
    loadRich().catch((error: unknown) => {
      setFailed(true)
      if (!isOptional) report(error)
    })
  }
  useLayoutEffect(() => {
    if (!views) load()
  }, [])
  if (views) addStyle(views.richStyle)
  if (views) return draw(views)
  if (meanwhile) return meanwhile
  if (!hasFailed) return <p class="faint soon">{strings.loading}</p>
  return (
    <button type="button" class="quiet" part="button" onClick={load}>
      {strings.retry}
    </button>
  )
}
