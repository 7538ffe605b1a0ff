import { TAG } from '../chat-element.js'
import { readScriptOptions } from './script-options.js'
import type { LoadWidget } from './start.js'
import { tell } from './tell.js'
import { createVerbs, type Verbs } from './verbs.js'

/** `window.Parley`. What it returns settles when the verb is done; a failure is told as `parley:error`, too. */
export type ParleyFunction = {
  (verb: string, ...args: readonly unknown[]): Promise<unknown>
  /** Not on the stub that a page puts in place until this file has loaded; that one has `q`, the calls so far. */
  readonly isLoaded?: true
  readonly q?: readonly ArrayLike<unknown>[]
}
declare global {
  interface Window {
    Parley?: ParleyFunction
  }
}
type Owner = Element & { parley?: ParleyFunction }

/** Starts the chat of this script tag, or hands its options to the one that is there. */
export function runLoader(script: HTMLScriptElement | null, loadWidget: LoadWidget): void {
  const options = script ? readScriptOptions(script) : {}
  // A page that includes the snippet twice may have put its stub over the function: the element still knows it.
  const running = window.Parley?.isLoaded ? window.Parley : document.querySelector<Owner>(TAG)?.parley
  const waiting = window.Parley?.q ?? []
  const parley = running ?? createParley(createVerbs(options, loadWidget, (chat) => Object.assign(chat.element, { parley })))
  window.Parley = parley
  if (options.inbox) void parley('boot', running ? options : {})
  for (const call of waiting) void parley(...(Array.from(call) as [string, ...unknown[]]))
}

function createParley(verbs: Verbs): ParleyFunction {
  const known = verbs as unknown as { readonly [verb: string]: ((...args: readonly unknown[]) => unknown) | undefined }
  const parley = (verb: string, ...args: readonly unknown[]): Promise<unknown> => {
    // The promise is for who wants to wait; its failure is told here, so nobody else must catch it.
    const done = attempt(() => {
      const action = Object.hasOwn(verbs, verb) ? known[verb] : undefined
      if (action) return action(...args)
      throw new Error(`There is no Parley('${verb}'). It knows: ${Object.keys(verbs).join(', ')}.`)
    })
    done.catch((error: unknown) => tell(document.querySelector<HTMLElement>(TAG), error))
    return done
  }
  return Object.assign(parley, { isLoaded: true as const })
}

const attempt = (action: () => unknown): Promise<unknown> => new Promise((resolve) => resolve(action()))
