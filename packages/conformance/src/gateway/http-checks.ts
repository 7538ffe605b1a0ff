import { LIMITS, RANDOM_ID } from '@parley/protocol'
import { Broken, type Check, demand, shown } from '../check.js'
import { freshKey } from '../chance.js'
import { errorOf, type HttpAnswer } from './entrance.js'
import type { GatewayContext } from './gateway-context.js'

/** What is asked over plain HTTP. */
export const HTTP_CHECKS: readonly Check<GatewayContext>[] = [
  {
    id: 'http.healthz',
    rule: 'GET /healthz is answered with 200 while the process is well.',
    run: async ({ entrance }) => demandStatus(await entrance.ask('/healthz'), 200)
  },
  {
    id: 'http.readyz',
    rule: 'GET /readyz is answered with 200 when people may be sent here.',
    run: async ({ entrance }) => demandStatus(await entrance.ask('/readyz'), 200)
  },
  {
    id: 'session.opens',
    rule: 'Rule 23: POST /session brings a conversation and a token that lives at most 15 minutes.',
    async run({ entrance }) {
      const { expiresInS, conversation } = await entrance.openSession(freshKey())
      demand(expiresInS <= LIMITS.tokenSeconds, `a token for ${expiresInS} s`, `${LIMITS.tokenSeconds} s at most`)
      demand(RANDOM_ID.test(conversation), `the conversation ${shown(conversation)}`, 'an id of 22 characters that nobody can guess')
    }
  },
  {
    id: 'session.same-key',
    rule: 'The same key finds the same conversation, another key another one.',
    needs: ['session.opens'],
    async run({ entrance }) {
      const [key, other] = [freshKey(), freshKey()]
      const [first, again, foreign] = [await entrance.openSession(key), await entrance.openSession(key), await entrance.openSession(other)]
      demand(first.conversation === again.conversation, 'two conversations for one key', 'the same one')
      demand(first.conversation !== foreign.conversation, 'one conversation for two keys', 'one for each')
    }
  },
  {
    id: 'session.garbage',
    rule: 'Rule 5: a session request that is not as it must be is refused with 4xx, and with a code of the protocol.',
    needs: ['session.opens'],
    async run({ entrance }) {
      const { inbox } = entrance
      const bodies: readonly string[] = [
        '',
        '{',
        'null',
        '[]',
        '"session"',
        '{}',
        JSON.stringify({ inbox: { $ne: null } }),
        JSON.stringify({ inbox: ['support'] }),
        JSON.stringify({ inbox, visitorKey: 'easy' }),
        JSON.stringify({ inbox, visitorKey: { $gt: '' } }),
        `{"inbox":${JSON.stringify(inbox)},"__proto__":{"visitorKey":"x"}}`,
        `{"inbox":${JSON.stringify(inbox)},"constructor":{"prototype":{}}}`,
        '{"inbox":"__proto__"}',
        JSON.stringify({ inbox: 'no-such-inbox-of-this-gateway' }),
        JSON.stringify({ inbox, visitorKey: 'x'.repeat(20_000) })
      ]
      const wrong: string[] = []
      for (const body of bodies) {
        const answer = await entrance.ask('/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
        if (!isRefusal(answer)) wrong.push(`${shown(body).slice(0, 80)}: status ${answer.status} and ${shown(answer.text).slice(0, 120)}`)
      }
      if (wrong.length > 0) throw new Broken(wrong.join('; '), 'a status from 400 to 499 and { "error": { "code", "text" } }')
    }
  },
  {
    id: 'hooks.unsigned',
    rule: 'Whoever calls an address for outside systems without proving who they are is refused with 4xx.',
    async run({ entrance }) {
      const paths = ['', 'callback', 'webhook', 'manifest', 'oih-receiver', 'runs/AAAAAAAAAAAAAAAAAAAAAA', '../callback', '__proto__'].map(
        (path) => `/hooks/${entrance.inbox}/${path}`
      )
      const wrong: string[] = []
      for (const path of [...paths, '/hooks/no-such-inbox/callback', '/webhook', '/oih-receiver']) {
        for (const init of [{ method: 'GET' }, { method: 'POST', body: '{}' }, { method: 'POST', body: '{"__proto__":{}}' }, { method: 'POST', body: '{' }]) {
          const { status } = await entrance.ask(path, init)
          if (status < 400 || status > 499) wrong.push(`${init.method} ${path}: status ${status}`)
        }
      }
      if (wrong.length > 0) throw new Broken(wrong.join('; '), 'a status from 400 to 499')
    }
  }
]

function demandStatus({ status, text }: HttpAnswer, wanted: number): void {
  demand(status === wanted, `status ${status} and ${shown(text)}`, `status ${wanted}`)
}

const isRefusal = (answer: HttpAnswer): boolean => answer.status >= 400 && answer.status < 500 && errorOf(answer) !== null
