import { runLoader } from './loader/run.js'
import { findScript } from './loader/script-options.js'

/** Entry of `parley.js`, the script tag's small part: the launcher and `window.Parley`. All the rest is fetched on intent. */

/** File name of the widget's chunk under `assets/`: put in by the bundler. */
declare const __PARLEY_WIDGET_FILE__: string

const script = findScript(document)
const base = script?.src ?? document.baseURI

// A failed module stays failed in some browsers: another attempt needs another address.
runLoader(script, (attempt) => import(`${new URL(`assets/${__PARLEY_WIDGET_FILE__}`, base).href}${attempt > 0 ? `?attempt=${attempt}` : ''}`))
