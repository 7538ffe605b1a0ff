import { useLayoutEffect, useRef } from 'preact/hooks'
import { argumentHint } from '@parley/protocol'
import { wantedText } from '../model.js'
import type { Palette, PaletteOption } from '../palette.js'
import { useUi } from '../ui.js'

export const LIST_ID = 'suggestions'
export const optionId = (index: number): string => `suggestion-${index}`

type PaletteViewProps = { readonly palette: Palette; readonly active: number; readonly choose: (insert: string) => void }

/** What can be typed next: commands, then the arguments of the one chosen. The focus stays in the field. */
export function PaletteView({ palette, active, choose }: PaletteViewProps) {
  const { strings } = useUi()
  const options = palette.kind === 'none' ? [] : palette.options
  const argument = palette.kind === 'arguments' ? (palette.spec.args[palette.current]?.name ?? '') : ''
  return (
    <>
      <p class="hidden" role="status">
        {strings.found(options.length)}
      </p>
      {palette.kind === 'none' ? null : (
        <div class="palette" part="command-list">
          {palette.kind === 'arguments' ? <HintLine palette={palette} /> : null}
          {options.length > 0 ? (
            <Options options={options} active={active} choose={choose} label={palette.kind === 'commands' ? strings.commands : strings.choicesOf(argument)} />
          ) : null}
        </div>
      )}
    </>
  )
}

type OptionsProps = { readonly options: readonly PaletteOption[]; readonly active: number; readonly choose: (insert: string) => void; readonly label: string }

function Options({ options, active, choose, label }: OptionsProps) {
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

function HintLine({ palette }: { readonly palette: Extract<Palette, { kind: 'arguments' }> }) {
  const { strings } = useUi()
  const { spec, current } = palette
  return (
    <div class="hint">
      <p class="usage">
        /{spec.name}
        {spec.args.map((argument, index) => (
          <> {index === current ? <b>{argumentHint(argument)}</b> : argumentHint(argument)}</>
        ))}
      </p>
      <p class="faint">{wantedText(spec, current, strings)}</p>
    </div>
  )
}
