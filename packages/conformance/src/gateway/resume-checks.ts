import { digestRows } from '@parley/protocol'
import { type Check, demand, shown, Skipped } from '../check.js'
import { freshId } from '../chance.js'
import type { GatewayContext } from './gateway-context.js'
import { type Line, NOWHERE, type Place } from './line.js'
import { demandError } from './log-checks.js'
import { asText, demandNoHoles, upTo } from './rows.js'
import type { Visitor } from './visitor.js'

/** Coming in, and coming back. */
export const RESUME_CHECKS: readonly Check<GatewayContext>[] = [
  {
    id: 'hello.welcome',
    rule: 'Rule 2: the first frame after a hello is a welcome, with the conversation, its numbers and the limits.',
    needs: ['session.opens'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const { welcome } = await open(somebody)
      const place = welcome.conversations.find(({ id }) => id === somebody.session.conversation)
      demand(place !== undefined, `a welcome to ${shown(welcome.conversations)}`, 'the conversation that the hello named')
      demand(place.lastDeviceSeq === 0, `"lastDeviceSeq": ${place.lastDeviceSeq} for a new device`, '0')
      demand(welcome.v === 1, `version ${welcome.v}`, 'version 1')
    }
  },
  {
    id: 'resume.no-hole',
    rule: 'Rule 10: after a cut everything behind the cursor comes, from the next number on, without a hole.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const { place, other } = await leave({ open }, somebody)
      const { ack } = await somebody.say(other, 'Said while the first tab was gone')
      await other.until((rows) => upTo(rows, ack.seq), 'the message')
      const back = await open(somebody, place)
      const [standing] = back.welcome.conversations
      demand(standing?.reset === false && standing.from === place.cursor + 1, shown(standing), `"reset": false and "from": ${place.cursor + 1}`)
      await back.until((rows) => upTo(rows, ack.seq), `everything up to number ${ack.seq}`)
      demand(back.rows[0]?.seq === place.cursor + 1, `number ${back.rows[0]?.seq} first`, `number ${place.cursor + 1}, the one behind the cursor`)
      demandNoHoles(back.rows, 'who came back')
      const missed = (rows: Line['rows']): string => shown(asText(rows.filter(({ seq }) => seq > place.cursor && seq <= ack.seq)))
      demand(missed(back.rows) === missed(other.rows), missed(back.rows), `what the other tab saw: ${missed(other.rows)}`)
    }
  },
  {
    id: 'resume.reset',
    rule: 'Rule 10: another epoch, a cursor beyond the head, or another message at the cursor is answered with "reset".',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const { place } = await leave({ open }, somebody)
      const wrong: readonly (readonly [string, Place])[] = [
        ['another epoch', { ...place, epoch: freshId() }],
        ['a cursor beyond the head', { ...place, cursor: place.cursor + 100 }],
        ['another message at the cursor', { ...place, tail: freshId() }]
      ]
      for (const [what, held] of wrong) {
        const [standing] = (await open(somebody, held)).welcome.conversations
        demand(standing?.reset === true, `${what}: ${shown(standing)}`, '"reset": true')
      }
    }
  },
  {
    id: 'read.hole',
    rule: 'Rule 12: read brings the rows that were asked for.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const { place, other } = await leave({ open }, somebody)
      const before = other.rows.length
      const answer = await other.request('read', { conversation: somebody.session.conversation, log: 'public', from: 1, to: place.cursor })
      demand('ok' in answer, shown(answer), '{ "ok": true }')
      await other.until(
        (rows) => rows.slice(before).filter(({ seq }) => seq <= place.cursor).length >= place.cursor,
        `the numbers 1 to ${place.cursor} once more`
      )
    }
  },
  {
    id: 'check.digest',
    rule: 'Rule 24: where "check" is named, equal rows are confirmed and others are told with log.differs.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const { place, other } = await leave({ open }, somebody)
      if (!other.welcome.features?.includes('check')) throw new Skipped('the welcome does not name "check"')
      await other.until((rows) => upTo(rows, place.cursor), 'the log')
      const rows = other.rows.filter(({ seq }) => seq <= place.cursor)
      const range = { conversation: somebody.session.conversation, log: 'public', from: rows[0]?.seq ?? 1, to: place.cursor }
      const right = await other.request('check', { ...range, digest: digestRows(rows) })
      demand('ok' in right, shown(right), '{ "ok": true } for the right digest')
      demandError(await other.request('check', { ...range, digest: '0123456789abcdef' }), 'log.differs')
    }
  },
  {
    id: 'end.closes',
    rule: 'Rule 28: where "end" is named, a visitor ends the conversation, twice without harm; nothing is taken from then on.',
    needs: ['append.ack'],
    async run({ visitor, open, entrance }) {
      const somebody = await visitor()
      const line = await open(somebody)
      if (!line.welcome.features?.includes('end')) throw new Skipped('the welcome does not name "end"')
      const { conversation } = somebody.session
      for (const id of [freshId(), freshId()]) {
        const ack = await line.request('invoke', { id, conversation, verb: 'end', args: {} })
        demand('ok' in ack, shown(ack), '{ "ok": true }')
      }
      await line.until((rows) => rows.some(({ type }) => type === 'conversation.closed'), 'conversation.closed')
      demandError(await line.request('append', somebody.next('Too late')), 'conversation.closed')
      const next = await entrance.openSession(somebody.key)
      demand(next.conversation !== conversation, 'the conversation that was ended, once more', 'another conversation for the same key')
    }
  }
]

/** Two tabs, one of which is cut off after three messages: where it stood, and the other one. */
async function leave({ open }: Pick<GatewayContext, 'open'>, somebody: Visitor): Promise<{ readonly place: Place; readonly other: Line }> {
  const first = await open(somebody)
  let last = 0
  for (const text of ['One', 'Two', 'Three']) last = (await somebody.say(first, text)).ack.seq
  await first.until((rows) => upTo(rows, last), 'the three messages')
  const place = first.place()
  first.close()
  const other = await open(somebody, NOWHERE)
  await other.until((rows) => upTo(rows, last), 'the three messages in another tab')
  return { place, other }
}
