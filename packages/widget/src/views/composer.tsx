import { useLayoutEffect, useRef } from 'preact/hooks'
import { useUi } from '../ui.js'
import { useAtom } from '../use-atom.js'
import { Icon, ICONS } from './icons.js'
import { LIST_ID, optionId, PaletteView } from './palette.js'
import { useComposer } from './use-composer.js'

/** Where the visitor writes: grows with the text, offers commands, and keeps what could not be sent. */
export function Composer() {
  const { strings, $problem } = useUi()
  const problem = useAtom($problem)
  const field = useRef<HTMLTextAreaElement>(null)
  const { text, hasCommands, palette, options, current, choose, offer, onInput, onKeyDown, submit } = useComposer(field)
  const onSubmit = (event: Event) => {
    event.preventDefault()
    void submit()
  }
  useFieldHeight(field, text)
  return (
    <form class="composer" part="composer" onSubmit={onSubmit}>
      <div class="anchor">
        <PaletteView palette={palette} text={text} options={options} active={current} choose={choose} offer={offer} />
        <div class="field">
          {hasCommands ? <CommandsButton show={() => choose(text.startsWith('/') ? text : '/')} /> : null}
          {/* No role of a combobox: the field is to be found as a textbox, and aria-expanded is not for those. */}
          <textarea
            ref={field}
            part="input"
            rows={1}
            value={text}
            placeholder={strings.placeholder}
            aria-label={strings.message}
            aria-autocomplete="list"
            aria-controls={options.length > 0 ? LIST_ID : undefined}
            aria-activedescendant={options.length > 0 ? optionId(current) : undefined}
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? undefined : 'problem'}
            enterkeyhint="send"
            autoComplete="off"
            onInput={(event) => onInput(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <button type="submit" class="send" part="send" aria-label={strings.send} aria-disabled={text.trim() === ''}>
            <Icon path={ICONS.send} />
          </button>
        </div>
      </div>
      <div role="alert" id="problem" class="problem">
        {problem}
      </div>
    </form>
  )
}

/** The way to the commands for fingers, and for whoever does not know the slash. */
function CommandsButton({ show }: { readonly show: () => void }) {
  const { strings } = useUi()
  return (
    <button type="button" class="icon-button" part="button" aria-label={strings.showCommands} onClick={show}>
      <Icon path={ICONS.slash} />
    </button>
  )
}

/** As high as its text; the stylesheet says where that ends. */
function useFieldHeight(field: { readonly current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    const element = field.current
    if (!element) return
    element.style.blockSize = 'auto'
    element.style.blockSize = `${element.scrollHeight}px`
  }, [text])
}
