import { addStyle } from '../styles/add-style.js'
import { launcherStyle } from '../styles/launcher.js'
import { CHAT_PATH } from '../styles/chat-path.js'
import { loaderWords } from './words.js'

const SVG = 'http://www.w3.org/2000/svg'
const ownStyle = `:host([launcher=none]) .launcher{display:none}
.launcher[aria-busy=true] .icon{animation:breathe 1s ease-in-out infinite alternate}
@keyframes breathe{to{opacity:.35}}
.failed{position:fixed;z-index:var(--_layer);inset-block-end:calc(var(--_y) + var(--_size) + 12px);right:var(--_x);max-inline-size:260px;margin:0;padding:10px 14px;border-radius:12px;background:var(--_background);color:var(--_text);box-shadow:var(--_shadow)}
:host([position=left]) .failed{right:auto;left:var(--_x)}`

export interface DrawnLauncher {
  readonly button: HTMLButtonElement
  /** A click waits for the rest to load; `failed` says so and invites to try again. */
  show(state: 'ready' | 'loading' | 'failed'): void
}

/** The launcher before the rest is there: the same button, drawn without a framework. `<parley-chat>` takes its place. */
export function drawLauncher(element: HTMLElement): DrawnLauncher {
  const root = element.attachShadow({ mode: 'open' })
  addStyle(root, launcherStyle + ownStyle, element.nonce ?? '')
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'launcher'
  setAttributes(button, { part: 'launcher', 'aria-label': loaderWords.openChat, 'aria-haspopup': 'dialog' })
  const icon = document.createElementNS(SVG, 'svg')
  setAttributes(icon, { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' })
  const path = document.createElementNS(SVG, 'path')
  setAttributes(path, { d: CHAT_PATH })
  icon.append(path)
  button.append(icon)
  // The page's own rules may reach the element itself; what is inside starts afresh.
  const place = document.createElement('div')
  place.className = 'root'
  place.append(button)
  root.append(place)
  const failure = document.createElement('p')
  failure.className = 'failed'
  failure.setAttribute('role', 'alert')
  failure.textContent = loaderWords.openFailed
  return {
    button,
    show(state) {
      button.setAttribute('aria-busy', String(state === 'loading'))
      if (state === 'failed') place.append(failure)
      else failure.remove()
    }
  }
}

function setAttributes(element: Element, attributes: { readonly [name: string]: string }): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
}
