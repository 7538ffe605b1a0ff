import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionAnswer } from '@parley/protocol'
import { createGateway, type Gateway } from './gateway.js'
import { DESK_OF_ROLES } from './testing/desk-of-roles.js'
import { createListLog } from './testing/open-doors.js'
import { enter, type Visitor } from './testing/visitor.js'

const SECRET = 'the secret of the host, 32 letters or more'
const KEY = 'k'.repeat(43)
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What the host's own server would sign. */
function identity(sub: string, roles?: readonly string[], secret = SECRET): string {
  const text = `${part({ alg: 'HS256' })}.${part({ sub, exp: Math.floor(Date.now() / 1000) + 600, ...(roles ? { roles } : {}) })}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

let folder: string
let gateway: Gateway | null = null
let url = ''
const log = createListLog()
const visitors: Visitor[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-rights-'))
  const inboxes = {
    support: { connector: 'desk' },
    flows: { connector: 'desk', identity: 'optional' },
    more: { connector: 'desk', identity: 'optional' },
    staff: { connector: 'desk', identity: 'required' }
  }
  gateway = createGateway(
    { port: 0, store: `sqlite:${join(folder, 'log.db')}`, inboxes, identity: { secret: SECRET } },
    { connectors: DESK_OF_ROLES, log, widgetDir: folder }
  )
  url = (await gateway.start()).url
})
afterEach(async () => {
  for (const visitor of visitors.splice(0)) visitor.close()
  await gateway?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function ask(body: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${url}/session`, { method: 'POST', body: JSON.stringify(body) })
  return { status: answer.status, body: await answer.json() }
}
const sessionOf = async (body: object): Promise<SessionAnswer> => (await ask(body)).body as SessionAnswer
async function visit(session: SessionAnswer): Promise<Visitor> {
  const visitor = await enter(url, session)
  visitors.push(visitor)
  return visitor
}
const offered = ({ welcome }: Visitor): readonly string[] => welcome.commands.map(({ name, args }) => [name, ...(args[0]?.choices ?? [])].join(' '))
const command = (visitor: Visitor, deviceSeq: number, name: string, args: object = {}) =>
  visitor.request('append', {
    conversation: visitor.session.conversation,
    deviceSeq,
    messageId: `message-${deviceSeq}`.padEnd(22, '-'),
    after: 0,
    type: 'run.started',
    body: { command: name, args }
  })
const TAKEN = { seq: expect.any(Number) as number, at: expect.any(String) as string }

describe('roles that the host’s server names', () => {
  test('decide what a visitor is offered, may do and is helped with; of others nothing is told', async () => {
    const anna = await visit(await sessionOf({ inbox: 'support', identity: identity('anna', ['operator']) }))
    const ben = await visit(await sessionOf({ inbox: 'support', identity: identity('ben') }))
    const nobody = await visit(await sessionOf({ inbox: 'support', visitorKey: KEY }))
    expect([anna, ben, nobody].map(offered)).toEqual([['flow list stop', 'audit'], ['flow list'], ['flow list']])
    expect(JSON.stringify([ben, nobody].map(({ frames }) => frames))).not.toMatch(/oles|operator|auditor|audit/)
    expect([await command(anna, 1, 'audit'), await command(anna, 2, 'flow', { verb: 'stop' })]).toEqual([TAKEN, TAKEN])
    const complete = { conversation: anna.session.conversation, command: 'flow', argument: 'flow', text: 'a' }
    expect(await anna.request('complete', complete)).toEqual({ completions: [{ value: 'a-operator', label: 'A flow' }] })
    expect(await ben.request('complete', complete)).toMatchObject({ error: { code: 'conversation.unknown' } })
  })

  test('a command sent by hand all the same is refused for good, in words, and the line stays', async () => {
    const ben = await visit(await sessionOf({ inbox: 'support', identity: identity('ben', ['user']) }))
    expect(await command(ben, 1, 'audit')).toEqual({
      error: { code: 'command.forbidden', text: '/audit is for the roles "operator" or "auditor"; you have the role "user".' }
    })
    expect(await command(ben, 2, 'flow', { verb: 'stop' })).toEqual({
      error: { code: 'command.forbidden', text: '/flow with verb "stop" is for the role "operator"; you have the role "user".' }
    })
    expect(await command(ben, 3, 'flow', { verb: 'list' })).toEqual(TAKEN)
    expect(ben.rows.filter(({ type }) => type === 'run.started')).toHaveLength(1)
  })

  test('names put into either token by hand open nothing', async () => {
    const changed = (token: string): string => {
      const [head, body = '', signature] = token.split('.')
      return `${head}.${part({ ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), roles: ['operator'] })}.${signature}`
    }
    expect(await ask({ inbox: 'support', identity: changed(identity('ben', ['user'])) })).toMatchObject({
      status: 401,
      body: { error: { code: 'identity.invalid' } }
    })
    const session = await sessionOf({ inbox: 'support', identity: identity('ben', ['user']) })
    await expect(enter(url, { ...session, token: changed(session.token) })).rejects.toMatchObject({ data: { code: 'auth.invalid' } })
  })

  test('whoever comes again with other roles finds other commands, in the same conversation', async () => {
    const before = await visit(await sessionOf({ inbox: 'support', identity: identity('anna') }))
    const after = await visit(await sessionOf({ inbox: 'support', identity: identity('anna', ['auditor']) }))
    expect([before, after].map(offered)).toEqual([['flow list'], ['flow list', 'audit']])
    expect(after.session.conversation).toBe(before.session.conversation)
    expect(await command(before, 1, 'audit')).toMatchObject({ error: { code: 'command.forbidden' } })
    expect(await command(after, 2, 'audit')).toEqual(TAKEN)
  })
})

describe('an inbox whose outside system names its visitors', () => {
  test('takes its word: name, roles and all; and the host’s token counts for nothing there', async () => {
    const anna = await visit(await sessionOf({ inbox: 'flows', identity: 'token-of-anna' }))
    await expect.poll(() => anna.rows.length).toBe(3)
    expect([offered(anna), anna.rows[1]?.body]).toEqual([['flow list stop', 'audit'], { participant: expect.objectContaining({ name: 'Anna' }) }])
    expect(await ask({ inbox: 'flows', identity: identity('customer-1', ['operator']) })).toEqual({
      status: 401,
      body: { error: { code: 'identity.invalid', text: 'Not known there.' } }
    })
  })

  test('never mixes its people with the host’s or another inbox’s of the same name', async () => {
    const sessions = [
      await sessionOf({ inbox: 'flows', identity: 'token-of-anna' }),
      await sessionOf({ inbox: 'flows', identity: 'token-of-anna' }),
      await sessionOf({ inbox: 'more', identity: 'token-of-anna' }),
      await sessionOf({ inbox: 'support', identity: identity('customer-1') })
    ]
    const subjects = sessions.map(({ token }) => (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub)
    expect([subjects[0] === subjects[1], new Set(subjects).size]).toEqual([true, 3])
  })

  test('lets nobody in without a token where one is required, and anybody where it is not', async () => {
    const refused = { status: 401, body: { error: { code: 'identity.required', text: 'Sign in to use this chat.' } } }
    expect([await ask({ inbox: 'staff' }), await ask({ inbox: 'staff', visitorKey: KEY })]).toEqual([refused, refused])
    expect(await ask({ inbox: 'flows', visitorKey: KEY })).toMatchObject({ status: 200 })
    expect(await ask({ inbox: 'staff', identity: 'token-of-ben' })).toMatchObject({ status: 200, body: { identified: true } })
  })

  test('that breaks is answered with 503 and a wait, and its token is in no log', async () => {
    expect(await ask({ inbox: 'staff', identity: 'token-that-breaks' })).toEqual({
      status: 503,
      body: { error: { code: 'gateway.unavailable', text: 'It cannot be checked now who you are.', retryInMs: 1_000 } }
    })
    const lines = JSON.stringify(log.lines)
    expect([lines.includes('the outside could not say whom a token names'), lines.includes('token-that-breaks')]).toEqual([true, false])
  })
})

describe('the end of a conversation', () => {
  const end = (visitor: Visitor, conversation: string, more: object = {}) =>
    visitor.request('invoke', { id: 'end'.padEnd(22, '-'), conversation, verb: 'end', args: {}, ...more })
  const UNKNOWN = { error: { code: 'conversation.unknown', text: 'There is no such conversation for this visitor.' } }

  test('is its visitor’s to say, again and again; another’s and one that is not there are answered alike, and stay open', async () => {
    const anna = await visit(await sessionOf({ inbox: 'support', identity: identity('anna', ['operator', 'auditor']) }))
    const ben = await visit(await sessionOf({ inbox: 'support', identity: identity('ben') }))
    const elsewhere = await sessionOf({ inbox: 'more', identity: 'token-of-ben' })
    const others = [ben.session.conversation, elsewhere.conversation, 'not-there'.padEnd(22, '-')]
    expect(await Promise.all(others.map((conversation) => end(anna, conversation)))).toEqual([UNKNOWN, UNKNOWN, UNKNOWN])
    expect(await ben.say(1, 'still here')).toEqual(TAKEN)
    expect([anna.welcome.features, await end(anna, anna.session.conversation), await end(anna, anna.session.conversation)]).toEqual([
      ['check', 'complete', 'end'],
      { ok: true },
      { ok: true }
    ])
    expect(await anna.say(1, 'more')).toMatchObject({ error: { code: 'conversation.closed' } })
    await expect.poll(() => anna.rows.map(({ type }) => type).filter((type) => type === 'conversation.closed')).toEqual(['conversation.closed'])
    // Whoever comes again begins anew.
    expect((await sessionOf({ inbox: 'support', identity: identity('anna') })).conversation).not.toBe(anna.session.conversation)
  })

  test('said in a frame that is not of the protocol ends the line and nothing else', async () => {
    const anna = await visit(await sessionOf({ inbox: 'support', identity: identity('anna') }))
    await expect(end(anna, anna.session.conversation, { verb: 'erase' })).rejects.toThrow('socket has been disconnected')
    expect(anna.frames.at(-1)).toMatchObject({ name: 'refuse', payload: { code: 'frame.malformed' } })
    const again = await visit(await sessionOf({ inbox: 'support', identity: identity('anna') }))
    expect([again.session.conversation, await again.say(1, 'still here')]).toEqual([anna.session.conversation, TAKEN])
  })
})
