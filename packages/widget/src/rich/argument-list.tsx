import { useLayoutEffect, useMemo } from 'preact/hooks'
import { argumentHint, type ArgumentSpec, type CommandSpec } from '@parley/protocol'
import type { ArgumentListProps } from '../views/rich-views.js'
import { Options } from '../views/palette.js'
import { placeIn, valueOptions, type ArgumentPlace } from './argument-place.js'
import { useValues } from './use-values.js'
import { words } from './words.js'

/** What the argument at the caret wants, and what can be put there. */
export function ArgumentList({ spec, text, typed, active, choose, offer }: ArgumentListProps) {
  const place = useMemo(() => placeIn(spec, typed), [spec, typed])
  const values = useValues(spec.name, place)
  const options = useMemo(() => (place ? valueOptions(values, place) : []), [place, values])
  useLayoutEffect(() => offer(place && { text, options }), [text, place, options])
  if (!place) return null
  return (
    <div class="palette" part="command-list">
      <Hint spec={spec} place={place} />
      {options.length > 0 ? <Options options={options} active={active} choose={choose} label={words.choicesOf(place.argument.name)} /> : null}
    </div>
  )
}

const Hint = ({ spec, place }: { readonly spec: CommandSpec; readonly place: ArgumentPlace }) => (
  <div class="hint">
    <p class="usage">
      /{spec.name}
      {spec.args.map((argument, index) => (
        <> {index === place.current ? <b>{argumentHint(argument)}</b> : argumentHint(argument)}</>
      ))}
    </p>
    <p class="faint">{wantedText(place.argument)}</p>
  </div>
)

/** What an argument wants, in words. */
function wantedText({ type, wanted, description, required }: ArgumentSpec): string {
  const wants = wanted ?? (type === 'number' ? words.wantsNumber : type === 'boolean' ? words.wantsBoolean : '')
  return [description, wants, required ? '' : words.optional].filter(Boolean).join(' · ')
}
