import { useMemo, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import type { DataPart, Json } from '@parley/protocol'
import { useUi } from '../ui.js'
import { shapeOf, titleIn, withoutTitle, type DataRow, type Shape } from './data-table.js'
import { moment } from './moment.js'
import { OutLink } from './out-link.js'
import { Picture } from './picture.js'
import { words } from './words.js'

/** JSON as a readable table, with the raw text one click away. */
export function Data({ part }: { readonly part: DataPart }) {
  const [title, shape] = useMemo(() => {
    const own = part.title ? null : titleIn(part.value)
    return [part.title || own, shapeOf(own ? withoutTitle(part.value) : part.value)] as const
  }, [part])
  return (
    <div class="data">
      {title ? <p class="heading">{title}</p> : null}
      {shape.kind === 'text' ? <p class="plain">{shape.text}</p> : <Value shape={shape} label={title || words.data} />}
      <Raw value={part.value} />
    </div>
  )
}

function Value({ shape, label }: { readonly shape: Shape; readonly label: string }): ComponentChildren {
  const { formats } = useUi()
  switch (shape.kind) {
    case 'nothing':
      return <span class="faint">{words.nothing}</span>
    case 'text':
    case 'number':
      return shape.text
    case 'flag':
      return shape.value ? words.yes : words.no
    case 'link':
      return <OutLink href={shape.href}>{shape.text.replace(/^https?:\/\//i, '')}</OutLink>
    case 'picture':
      return <Picture src={shape.src} alt={label} />
    case 'moment':
      return <time dateTime={shape.iso}>{moment(shape.iso, formats.locale)}</time>
    case 'rows':
      return <Rows shape={shape} />
    case 'grid':
      return <Grid shape={shape} label={label} />
    case 'list':
      return <List shape={shape} label={label} />
    default:
      return shape satisfies never
  }
}

const Rows = ({ shape }: { readonly shape: Extract<Shape, { kind: 'rows' }> }) => (
  <table class="pairs">
    <colgroup>
      <col class="label" />
      <col />
    </colgroup>
    <tbody>
      {shape.rows.map((row) => (row.place === 'beside' ? <PlainRow row={row} /> : <StackedRow row={row} />))}
      <More count={shape.more} columns={2} />
    </tbody>
  </table>
)

type RowProps = { readonly row: DataRow }

const PlainRow = ({ row }: RowProps) => (
  <tr>
    <th scope="row">{row.label}</th>
    <td>
      <Value shape={row.value} label={row.label} />
    </td>
  </tr>
)

/** A table within a table takes the whole width, below its label. */
const StackedRow = ({ row }: RowProps) => (
  <>
    {row.place === 'above' ? (
      <tr class="stacked">
        <th colSpan={2}>{row.label}</th>
      </tr>
    ) : null}
    <tr>
      <td colSpan={2} class={row.place === 'above' ? 'inset' : undefined}>
        <Value shape={row.value} label={row.label} />
      </td>
    </tr>
  </>
)

const Grid = ({ shape, label }: { readonly shape: Extract<Shape, { kind: 'grid' }>; readonly label: string }) => (
  <div class="wide" tabIndex={0} role="group" aria-label={label}>
    <table class="grid">
      <thead>
        <tr>
          {shape.columns.map((column) => (
            <th scope="col" class={column.isNumeric ? 'number' : undefined}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shape.rows.map((row) => (
          <tr>
            {row.map((cell, index) => (
              <td class={shape.columns[index]?.isNumeric ? 'number' : undefined}>
                <Value shape={cell} label={shape.columns[index]?.label ?? label} />
              </td>
            ))}
          </tr>
        ))}
        <More count={shape.more} columns={shape.columns.length} />
      </tbody>
    </table>
  </div>
)

function List({ shape, label }: { readonly shape: Extract<Shape, { kind: 'list' }>; readonly label: string }) {
  return (
    <ul>
      {shape.items.map((item) => (
        <li>
          <Value shape={item} label={label} />
        </li>
      ))}
      {shape.more > 0 ? <li class="faint">{words.more(shape.more)}</li> : null}
    </ul>
  )
}

function More({ count, columns }: { readonly count: number; readonly columns: number }) {
  if (count === 0) return null
  return (
    <tr>
      <td class="faint" colSpan={columns}>
        {words.more(count)}
      </td>
    </tr>
  )
}

/** The text is written only once it is asked for: it may be long. */
function Raw({ value }: { readonly value: Json }) {
  const [isOpen, setOpen] = useState(false)
  const [copied, setCopied] = useState('')
  const text = useMemo(() => (isOpen ? JSON.stringify(value, null, 2) : ''), [isOpen, value])
  // The clipboard exists on secure pages only; elsewhere the text can be selected by hand.
  const copy = () =>
    navigator.clipboard
      ? navigator.clipboard.writeText(text).then(
          () => setCopied(words.copied),
          () => setCopied(words.copyFailed)
        )
      : setCopied(words.copyFailed)
  return (
    <details class="raw" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.showRaw}</summary>
      {isOpen ? (
        <>
          <pre tabIndex={0} role="group" aria-label={words.data}>
            {text}
          </pre>
          <button type="button" class="quiet small" part="button" onClick={copy}>
            {words.copy}
          </button>
          <span class="faint" role="status">
            {copied}
          </span>
        </>
      ) : null}
    </details>
  )
}
