import { LIMITS } from '@parley/protocol'
import { type Check, demand, shown } from '../check.js'
import { freshId } from '../chance.js'
import type { GatewayContext } from './gateway-context.js'
import { NOWHERE } from './line.js'
import { asText, demandNoHoles, holds, rowOf, upTo, wordsOf } from './rows.js'
import { messageOf, recorded } from './visitor.js'

/** What is appended stands in the log once, under the number that was acknowledged. */
export const LOG_CHECKS: readonly Check<GatewayContext>[] = [
  {
    id: 'append.ack',
    rule: 'Rule 6: a message is acknowledged with its number, and comes to its sender under that number.',
    needs: ['hello.welcome'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const line = await open(somebody)
      const { append, ack } = await somebody.say(line, 'The first message')
      await line.until((rows) => holds(rows, append.messageId), 'the message as an event')
      const row = rowOf(line.rows, append.messageId)
      demand(row?.seq === ack.seq, `number ${row?.seq} in the event, number ${ack.seq} in the acknowledgement`, 'the same number')
      demand(wordsOf(row) === 'The first message', shown(row), 'what was said')
      demand(line.faults.length === 0, line.faults.join('; '), 'frames as the protocol has them')
    }
  },
  {
    id: 'events.in-order',
    rule: 'Rules 7 and 11: of ten messages sent at once each has a number of its own, in order, and the events have no holes.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const line = await open(somebody)
      const appends = Array.from({ length: 10 }, (_, index) => somebody.next(`Message ${index + 1} of 10`))
      const acks = await Promise.all(appends.map((append) => recorded(line, append)))
      const numbers = acks.map(({ seq }) => seq)
      demand(
        numbers.every((seq, index) => index === 0 || seq > (numbers[index - 1] ?? 0)),
        `the numbers ${numbers.join(', ')}`,
        'numbers that go up, each given once'
      )
      await line.until((rows) => upTo(rows, Math.max(...numbers)), 'all ten as events')
      demandNoHoles(line.rows, 'the sender')
      const found = appends.map(({ messageId }) => rowOf(line.rows, messageId)?.seq)
      demand(shown(found) === shown(numbers), `the events under ${shown(found)}, the acknowledgements under ${shown(numbers)}`, 'the same numbers')
    }
  },
  {
    id: 'events.second-line',
    rule: 'Rule 12: another tab of the same visitor gets the same rows, in the same order.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const [one, other] = [await open(somebody), await open(somebody)]
      const { ack } = await somebody.say(one, 'Seen in two tabs')
      for (const line of [one, other]) await line.until((rows) => upTo(rows, ack.seq), 'the message in both tabs')
      const seen = [one, other].map(({ rows }) => asText(rows.filter(({ seq }) => seq <= ack.seq)))
      demand(shown(seen[0]) === shown(seen[1]), `${shown(seen[0])} in one and ${shown(seen[1])} in the other`, 'the same rows')
    }
  },
  {
    id: 'append.repeat',
    rule: 'Rule 8: the same message again is acknowledged as before, and is stored once.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const line = await open(somebody)
      const { append, ack } = await somebody.say(line, 'Say this once')
      const again = await recorded(line, append)
      demand(shown(again) === shown(ack), `${shown(again)} after ${shown(ack)}`, 'the same acknowledgement')
      const other = await open(somebody)
      demand(shown(await recorded(other, append)) === shown(ack), 'another acknowledgement on another connection', 'the same one')
      const { ack: next } = await somebody.say(line, 'And this after it')
      const fresh = await open(somebody, NOWHERE)
      await fresh.until((rows) => upTo(rows, next.seq), 'the whole log')
      const times = fresh.rows.filter(({ messageId }) => messageId === append.messageId).length
      demand(times === 1, `it stands in the log ${times} times`, 'once')
    }
  },
  {
    id: 'append.conflict',
    rule: 'Rule 8: other content under a used number is refused with append.conflict.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const line = await open(somebody)
      const { append } = await somebody.say(line, 'This was said')
      const other = { ...append, messageId: freshId(), body: { parts: [{ kind: 'text', text: 'This was not' }] } }
      demandError(await line.request('append', other), 'append.conflict')
    }
  },
  {
    id: 'append.gap',
    rule: 'Rule 8: a number that leaves one out is refused with append.gap and the number expected.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const line = await open(somebody)
      await somebody.say(line, 'Number one')
      const answer = await line.request('append', messageOf(somebody.session, 3, 'Number three'))
      demandError(answer, 'append.gap')
      const expected = 'error' in answer ? answer.error.expected : undefined
      demand(expected === 2, `"expected": ${shown(expected)}`, '"expected": 2')
      await recorded(line, messageOf(somebody.session, 2, 'Number two'))
    }
  },
  {
    id: 'append.too-large',
    rule: 'Rules 9 and 20: a message over 32 KiB is refused with append.tooLarge, and its number is taken.',
    needs: ['append.ack'],
    async run({ visitor, open }) {
      const somebody = await visitor()
      const line = await open(somebody)
      const append = somebody.next('x'.repeat(LIMITS.bodyBytes + 1_000))
      demandError(await line.request('append', append), 'append.tooLarge')
      demandError(await line.request('append', append), 'append.tooLarge')
      await somebody.say(line, 'The next number')
    }
  },
  {
    id: 'append.last',
    rule: 'Rule 9: POST /append takes the last messages of a page that is leaving, once.',
    needs: ['append.ack'],
    async run({ visitor, open, entrance }) {
      const somebody = await visitor()
      const { token } = somebody.session
      const body = { v: 1, token, device: somebody.device, appends: [somebody.next('One more thing'), somebody.next('Good-bye')] }
      const first = await entrance.ask('/append', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify(body) })
      const again = await entrance.postJson('/append', body)
      demand(
        first.status === 200 && first.text === again.text,
        `${first.status} ${shown(first.text)}, then ${again.status} ${shown(again.text)}`,
        'status 200 and the same acks twice'
      )
      const line = await open(somebody)
      await line.until((rows) => body.appends.every(({ messageId }) => holds(rows, messageId)), 'both messages in the log')
    }
  }
]

export function demandError(answer: unknown, code: string): void {
  const isError = typeof answer === 'object' && answer !== null && 'error' in answer
  const found = isError ? (answer.error as { readonly code?: unknown }).code : undefined
  demand(found === code, shown(answer), `{ "error": { "code": "${code}" } }`)
}
