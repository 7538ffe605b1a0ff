import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Palette, PaletteOption } from '../palette.js'
import { useUi } from '../ui.js'
import { Rich } from './rich.js'
import type { ArgumentListProps } from './rich-views.js'

export const LIST_ID = 'suggestions'
export const optionId = (index: number): string => `suggestion-${index}`

type PaletteViewProps = Omit<ArgumentListProps, 'spec' | 'typed'> & { readonly palette: Palette; readonly options: readonly PaletteOption[] }

/** What can be typed next: commands, then the arguments of the one chosen. The focus stays in the field. */
export function PaletteView({ palette, options, ...rest }: PaletteViewProps) {
  const { strings } = useUi()
  return (
    <>
      <p class="hidden" role="status">
        {strings.found(options.length)}
      </p>
      {palette.kind === 'commands' ? (
        <div class="palette" part="command-list">
          <Options options={options} active={rest.active} choose={rest.choose} label={strings.commands} />
        </div>
      ) : palette.kind === 'arguments' ? (
        <Rich isOptional meanwhile={<span />} draw={({ ArgumentList }) => <ArgumentList {...rest} spec={palette.spec} typed={palette.typed} />} />
      ) : null}
    </>
  )
}

type OptionsProps = { readonly options: readonly PaletteOption[]; readonly active: number; readonly choose: (insert: string) => void; readonly label: string }

export function Options({ options, active, choose, label }: OptionsProps) {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => list.current?.children[active]?.scrollIntoView?.({ block: 'nearest' }), [active, options])
  return (
    <div role="listbox" id={LIST_ID} aria-label={label} ref={list}>
      {options.map((option, index) => (
        // A press must not take the focus from the field; the click that follows chooses.
        <div
          key={option.key}
          role="option"
          part="command"
          id={optionId(index)}
          aria-selected={index === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => choose(option.insert)}
        >
          <p class="usage">
            <b>{option.label}</b> {option.rest}
          </p>
          {option.detail ? <p class="faint">{option.detail}</p> : null}
        </div>
      ))}
    </div>
  )
}
