import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Participant } from '@parley/protocol'
import { nameOf, type Row } from '../model.js'
import { useUi } from '../ui.js'
import { Command } from './command.js'
import { Message } from './message.js'
import { Rich } from './rich.js'

/** One entry of the transcript, with the day before it if it is the first of one. Drawn again only when it changed. */
export function Item({ row, participants }: { readonly row: Row; readonly participants: readonly Participant[] }) {
  const { strings, formats, now } = useUi()
  const { item, day, isFirst, isLast, isBelowCommand } = row
  const drawn = useMemo(() => drawItem(row, participants, nameOf(item, participants, strings)), [item, isFirst, isLast, isBelowCommand, participants])
  return (
    <>
      {day ? (
        <p class="day">
          <span>{formats.day(day, now())}</span>
        </p>
      ) : null}
      {drawn}
    </>
  )
}

function drawItem(row: Row, participants: readonly Participant[], author: string): ComponentChildren {
  const { item } = row
  if (item.kind === 'message') return <Message item={item} row={row} author={author} />
  if (item.kind === 'command') return <Command item={item} author={author} />
  return <Rich draw={({ Entry }) => <Entry item={item} isBelowCommand={row.isBelowCommand} participants={participants} author={author} />} />
}
