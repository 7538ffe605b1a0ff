import { Broken, type Check, demand, Skipped } from '../check.js'
import { freshId } from '../chance.js'
import type { BotContext } from './bot-context.js'
import type { Answered, Outside } from './outside.js'
import { requestBody } from './request-body.js'

/** Five minutes are allowed, either way. */
const OFF_MS = 360_000

type Forgery = { readonly what: string; readonly body?: string; readonly headers: Readonly<Record<string, string>> }

/** Who calls: whatever is not signed with the secret, now, for these very bytes, is refused with 4xx before anything is done. */
export const SIGNATURE_CHECKS: readonly Check<BotContext>[] = [
  forgeries('signature.missing', 'A request without a signature is refused with 4xx.', async (good) => [
    { what: 'no header of the three', headers: {} },
    { what: 'no webhook-signature', headers: without(good, 'webhook-signature') },
    { what: 'an empty webhook-signature', headers: { ...good, 'webhook-signature': '' } },
    { what: 'no webhook-id', headers: without(good, 'webhook-id') },
    { what: 'no webhook-timestamp', headers: without(good, 'webhook-timestamp') }
  ]),
  forgeries('signature.wrong', 'A request with a wrong signature is refused with 4xx.', async (good, body, outside) => [
    { what: 'the key of somebody else', headers: await outside.headersFor(body, { secrets: [OTHER_SECRET] }) },
    { what: 'only zeros', headers: { ...good, 'webhook-signature': `v1,${'A'.repeat(43)}=` } },
    { what: 'no version in front', headers: { ...good, 'webhook-signature': (good['webhook-signature'] ?? '').replace(/^v1,/, '') } },
    { what: 'the first half of the signature', headers: { ...good, 'webhook-signature': (good['webhook-signature'] ?? '').slice(0, 25) } },
    { what: 'a word instead', headers: { ...good, 'webhook-signature': 'v1,undefined' } }
  ]),
  forgeries('signature.other', 'A signature counts for its own id, time and body only: with others it is refused with 4xx.', async (good, body) => [
    { what: 'another body', body: body.replace('Good day', 'Good bye'), headers: good },
    { what: 'one blank more in the body', body: `${body} `, headers: good },
    { what: 'another webhook-id', headers: { ...good, 'webhook-id': `msg_${freshId()}` } },
    { what: 'another webhook-timestamp', headers: { ...good, 'webhook-timestamp': String(Number(good['webhook-timestamp']) - 1) } }
  ]),
  forgeries('signature.old', 'A request that was signed more than five minutes ago is refused with 4xx.', async (_good, body, outside) => [
    { what: 'signed six minutes ago', headers: await outside.headersFor(body, { now: Date.now() - OFF_MS }) },
    { what: 'signed a day ago', headers: await outside.headersFor(body, { now: Date.now() - 86_400_000 }) }
  ]),
  forgeries('signature.early', 'A request that will be signed in more than five minutes is refused with 4xx.', async (_good, body, outside) => [
    { what: 'signed in six minutes', headers: await outside.headersFor(body, { now: Date.now() + OFF_MS }) }
  ]),
  {
    id: 'signature.rotation',
    rule: 'Of several signatures in the header one that fits is enough, wherever it stands: secrets are replaced without a gap.',
    needs: ['answer.status'],
    async run({ outside }) {
      const secret = secretOf(outside)
      for (const [what, secrets] of [
        ['the good signature last', [OTHER_SECRET, secret]],
        ['the good signature first', [secret, OTHER_SECRET]]
      ] as const) {
        const body = requestBody()
        const answer = await outside.post(body, await outside.headersFor(body, { secrets }))
        demand(answer.status !== null && answer.status < 300, `${what}: ${inWords(answer)}`, 'status 2xx')
      }
      const body = requestBody()
      const good = await outside.headersFor(body)
      const answer = await outside.post(body, { ...good, 'webhook-signature': `v1a,AAAA ${good['webhook-signature']}` })
      demand(answer.status !== null && answer.status < 300, `a signature of another version before the good one: ${inWords(answer)}`, 'status 2xx')
    }
  }
]

const OTHER_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const without = (headers: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))

export const inWords = (answer: Answered): string => (answer.status === null ? answer.why : `status ${answer.status}`)

function secretOf({ secret }: Outside): string {
  if (secret === null) throw new Skipped('there is no secret; give one as PARLEY_WEBHOOK_SECRET or with --secret')
  return secret
}

/** @param make forged requests, beside the headers that would be good for this body */
function forgeries(
  id: string,
  rule: string,
  make: (good: Readonly<Record<string, string>>, body: string, outside: Outside) => Promise<readonly Forgery[]>
): Check<BotContext> {
  return {
    id,
    rule,
    needs: ['answer.status'],
    async run({ outside }) {
      secretOf(outside)
      const body = requestBody()
      const taken: string[] = []
      for (const forgery of await make(await outside.headersFor(body), body, outside)) {
        const answer = await outside.post(forgery.body ?? body, forgery.headers)
        if (answer.status === null || answer.status < 400 || answer.status > 499) taken.push(`${forgery.what}: ${inWords(answer)}`)
      }
      if (taken.length > 0) throw new Broken(taken.join('; '), 'status 401, or another 4xx, and nothing done')
    }
  }
}
