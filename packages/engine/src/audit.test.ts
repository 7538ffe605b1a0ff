import type { RunFailure, RunId } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import type { AuditRecord } from './audit-record.js'
import { AUDITABLE, ARGS, type Audited, begun, COMMANDS, enter, run, words } from './testing/audited.js'
import { createWorld, idOf, scriptedConnector } from './testing/harness.js'

const ID = expect.stringMatching(/^[\w-]{22}$/)
const anna = ({ conversation }: Audited) => ({ inbox: 'test', conversation, visitor: expect.stringMatching(/^[\w-]{22}$/) })
const namesOf = (records: readonly AuditRecord[]): readonly string[] => records.map(({ name }) => name)

describe('a command', () => {
  test('is recorded as it begins and as it ends, with the arguments that cannot hold free text', async () => {
    const here = await enter()
    const startedAt = here.world.clock.now()
    const id = await begun(here)
    await here.world.clock.advance(1_500)
    const port = here.world.connector.port()
    await port.run.accept(id)
    await port.run.progress(id, { step: '1', text: 'half' })
    await port.run.finish(id, words('the result'))
    const records = await here.records()
    const about = { id: ID, ...anna(here), run: id, command: 'flow' }
    expect(records).toEqual([
      { id: ID, name: 'command.started', at: startedAt, payload: { ...about, args: AUDITABLE } },
      { id: ID, name: 'command.finished', at: startedAt + 1_500, payload: { ...about, tookMs: 1_500 } }
    ])
    expect(records.map(({ payload }) => payload.id)).toEqual(records.map((record) => record.id))
    expect(new Set(records.map((record) => record.id)).size).toBe(2)
    expect(here.wakes()).toBe(2)
  })

  test('that comes again is recorded once', async () => {
    const here = await enter()
    await run(here, 1)
    await run(here, 1)
    await run(here, 2, { why: 'x' }, 'none')
    await run(here, 2, { why: 'x' }, 'none')
    expect(namesOf(await here.records())).toEqual(['command.started', 'command.refused'])
  })

  test.each<RunFailure>(['refused', 'failed', 'cancelled', 'unknownOutcome'])(
    'that ends as %s says why, and a late result says that it is late',
    async (reason) => {
      const here = await enter()
      const id = await begun(here)
      const port = here.world.connector.port()
      await port.run.fail(id, { reason, text: 'in words' })
      await here.world.clock.advance(10)
      await port.run.finish(id, words('late'))
      const isOver = reason === 'refused' || reason === 'failed'
      expect((await here.records()).slice(1).map(({ name, payload }) => [name, payload.reason, payload.late, payload.tookMs])).toEqual([
        ['command.failed', reason, undefined, 0],
        ...(isOver ? [] : [['command.finished', undefined, true, 10]])
      ])
    }
  )

  test('without an answer is recorded when it is given up', async () => {
    const here = await enter()
    await begun(here)
    await here.world.clock.advance(60_000)
    expect((await here.records()).map(({ name, payload }) => [name, payload.reason])).toEqual([
      ['command.started', undefined],
      ['command.failed', 'timedOut']
    ])
  })

  test('that is refused is recorded with the code; a name that no command has is not repeated', async () => {
    const here = await enter()
    await run(here, 1, {}, 'mypassword')
    await run(here, 2, { ...ARGS, times: 'often' })
    await here.world.connector.port().close(here.conversation, 'done')
    await run(here, 3)
    const about = { id: ID, ...anna(here) }
    expect((await here.records()).map(({ name, payload }) => ({ name, payload }))).toEqual([
      { name: 'command.refused', payload: { ...about, code: 'command.unknown' } },
      { name: 'command.refused', payload: { ...about, command: 'flow', code: 'command.invalid' } },
      { name: 'command.refused', payload: { ...about, command: 'flow', args: AUDITABLE, code: 'conversation.closed' } }
    ])
  })

  test('is recorded with its event or not at all', async () => {
    const here = await enter()
    const { store } = here.world
    const broken = await enter({ store: { ...store, commit: () => Promise.reject(new Error('the disk is full')) } })
    await run(broken, 1)
    expect([await broken.records(), broken.client.events().filter((event) => event.type === 'run.started')]).toEqual([[], []])
  })
})

describe('a sign-in', () => {
  const asked = async (here: Audited) => {
    const id = await begun(here)
    const link = await here.world.connector
      .port()
      .link.request({ run: id, partner: 'Hub', expiresInMs: 1_000, notes: { secret: 'word' }, url: (link) => `https://chat.example.com/start?link=${link}` })
    if (!link) throw new Error('no link')
    return { run: id, link: link.link }
  }
  const ends = ['signIn.completed', 'signIn.refused', 'signIn.expired'] as const

  test.each(ends)('is recorded when it is asked for and as %s, before the end of its command', async (name) => {
    const here = await enter()
    const { run: id, link } = await asked(here)
    const verbs = here.world.connector.port().link
    if (name === 'signIn.completed') await verbs.complete(link, { credential: 'the credential', scope: 'User.Read' })
    if (name === 'signIn.refused') await verbs.refuse(link)
    await here.world.clock.advance(1_000)
    const records = await here.records()
    const payload = { id: ID, ...anna(here), run: id, link, partner: 'Hub' }
    expect(records.slice(1, 3).map((record) => ({ name: record.name, payload: record.payload }))).toEqual([
      { name: 'signIn.requested', payload },
      { name, payload }
    ])
    expect(namesOf(records).slice(3)).toEqual([name === 'signIn.completed' ? 'command.finished' : 'command.failed'])
  })
})

describe('an identity', () => {
  test('that is taken is recorded by its hash and its roles, never by its name', async () => {
    const here = await enter()
    const person = { subject: 'subject 7', name: 'Anna Example', roles: ['editor', 'admin'] }
    const entered = await here.world.engine.enter('test', { visitorKey: null, person })
    if ('code' in entered) throw new Error(entered.code)
    expect((await here.records()).map(({ name, payload }) => ({ name, payload }))).toEqual([
      {
        name: 'identity.accepted',
        payload: { id: ID, inbox: 'test', conversation: entered.conversation, visitor: entered.visitor, roles: 'editor admin' }
      }
    ])
    expect(JSON.stringify(await here.records())).not.toMatch(/Anna|subject 7/)
  })

  test('that is refused is recorded with the code, for inboxes that there are', async () => {
    const here = await enter()
    await here.world.engine.identityRefused('test', 'identity.invalid')
    await here.world.engine.identityRefused('test', 'identity.invalid', 7)
    await here.world.engine.identityRefused('whatever somebody typed', 'identity.invalid')
    const refused = { id: ID, inbox: 'test', conversation: null, visitor: null, code: 'identity.invalid' }
    expect((await here.records()).map(({ name, payload }) => ({ name, payload }))).toEqual([
      { name: 'identity.refused', payload: refused },
      { name: 'identity.refused', payload: { ...refused, count: 7 } }
    ])
  })
})

describe('what a connector records', () => {
  test('says who and where by the run, and never in the place of what the engine knows', async () => {
    const here = await enter()
    const id = await begun(here)
    const port = here.world.connector.port()
    await port.audit({ name: 'flow.start', run: id, fields: { flow: 'f1', id: 'mine', visitor: 'somebody', wanted: null, tries: 2 } })
    await port.audit({ name: 'platform.signedIn', fields: { account: 'a'.repeat(1_000) } })
    await port.audit({ name: 'flow.stop', run: idOf<RunId>('no such run') })
    const nobody = { id: ID, inbox: 'test', conversation: null, visitor: null }
    expect((await here.records()).slice(1).map(({ name, payload }) => ({ name, payload }))).toEqual([
      { name: 'flow.start', payload: { id: ID, ...anna(here), run: id, command: 'flow', flow: 'f1', wanted: null, tries: 2 } },
      { name: 'platform.signedIn', payload: { ...nobody, account: `${'a'.repeat(299)}…` } },
      { name: 'flow.stop', payload: nobody }
    ])
  })
})

test('without an audit nothing is recorded', async () => {
  const world = await createWorld({ connector: scriptedConnector(COMMANDS) })
  await world.engine.enter('test', { visitorKey: null, person: { subject: 's', name: null } })
  await world.engine.identityRefused('test', 'identity.invalid')
  const entered = await world.engine.enter('test', { visitorKey: world.key('anna'), person: null })
  if ('code' in entered) throw new Error(entered.code)
  const { conversation } = entered
  const client = await world.connect({ visitor: 'anna', conversation })
  const here: Audited = { world, client, conversation, wakes: () => 0, records: () => world.store.audits(10) }
  const id = await begun(here)
  await run(here, 2, {}, 'none')
  await world.connector.port().audit({ name: 'flow.start', run: id })
  await world.connector.port().run.finish(id, words('done'))
  expect(await here.records()).toEqual([])
})

test('the visitor of a record is the one that the gateway knows', async () => {
  const here = await enter()
  await begun(here)
  const [record] = await here.records()
  const conversation = await here.world.store.conversation(here.conversation)
  expect(record?.payload.visitor).toBe(conversation?.visitor)
})
