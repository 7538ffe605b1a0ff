import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type Gateway } from './gateway.js'
import { systemChance } from './host.js'
import { restore } from './restore.js'
import { openStore } from './stores/open-store.js'
import { openLibsql } from './stores/sqlite-driver.js'
import { holdFile } from './stores/sqlite-restore.js'
import { ECHO } from './testing/echo.js'
import { createListLog } from './testing/open-doors.js'
import { runSource, type SourceProcess } from './testing/run-source.js'
import { commitMessage, CONVERSATION_ID, messageId, openSample } from './testing/samples.js'
import { enter, openSession, type Visitor } from './testing/visitor.js'

const MAIN = new URL('./main.ts', import.meta.url)
const WRITER = new URL('./testing/store-writer.ts', import.meta.url)
let folder: string
const undo: (() => unknown)[] = []
const at = (name: string): string => join(folder, name)
const storeAddress = (): string => `sqlite:${at('log.db')}`
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-restore-'))
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
  rmSync(folder, { recursive: true, force: true })
})

/** A child process that does not outlive the test. */
function child(file: URL, parameters: readonly string[]): SourceProcess {
  const started = runSource(file, parameters)
  undo.push(async () => {
    started.child.kill('SIGKILL')
    await started.ended
  })
  return started
}

/** Brings the store to `until` messages. @returns its epoch */
async function fill(name: string, until: number): Promise<string> {
  const store = await openStore(`sqlite:${at(name)}`, systemChance)
  await openSample(store)
  for (let number = (await store.head(CONVERSATION_ID, 'public')) + 1; number <= until; number++) await commitMessage(store, number)
  await store.close()
  return store.epoch
}
async function standing(name: string): Promise<{ readonly head: number; readonly tail: string | null; readonly epoch: string }> {
  const store = await openStore(`sqlite:${at(name)}`, systemChance)
  const head = await store.head(CONVERSATION_ID, 'public')
  const tail = await store.messageIdAt(CONVERSATION_ID, 'public', head)
  await store.close()
  return { head, tail, epoch: store.epoch }
}

describe('a restore', () => {
  test('puts the copy in the place of the store under a new epoch, and keeps both as they were', async () => {
    const epoch = await fill('log.db', 3)
    copyFileSync(at('log.db'), at('copy.db'))
    await fill('log.db', 5)
    const [copy, store] = [readFileSync(at('copy.db')), readFileSync(at('log.db'))]
    const restored = await restore(at('copy.db'), storeAddress(), systemChance)
    expect(restored).toEqual({
      copy: at('copy.db'),
      file: at('log.db'),
      before: at('log.db.before-restore-1'),
      conversations: 1,
      events: 3,
      lastAt: '2026-03-01T10:00:00.000Z',
      epoch: expect.any(String) as string
    })
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'log.db', 'log.db.before-restore-1'])
    expect([readFileSync(at('copy.db')).equals(copy), readFileSync(at('log.db.before-restore-1')).equals(store)]).toEqual([true, true])
    expect(await standing('log.db')).toEqual({ head: 3, tail: messageId(3), epoch: restored.epoch })
    expect(restored.epoch).not.toBe(epoch)
    const again = await restore(at('copy.db'), storeAddress(), systemChance)
    expect([again.before, again.epoch === restored.epoch]).toEqual([at('log.db.before-restore-2'), false])
    expect((await standing('log.db.before-restore-1')).head).toBe(5)
  })

  test('takes what stands in the -wal of a snapshot, and what stands in that of the store', async () => {
    for (const [name, until] of [
      ['live.db', 3],
      ['log.db', 5]
    ] as const) {
      const store = await openStore(`sqlite:${at(name)}`, systemChance)
      await openSample(store)
      for (let number = 1; number <= until; number++) await commitMessage(store, number)
      // What a kill would leave, or a snapshot would take.
      mkdirSync(at(`${name}-taken`))
      for (const suffix of ['', '-wal']) copyFileSync(at(name) + suffix, join(at(`${name}-taken`), name + suffix))
      await store.close()
    }
    const wal = readFileSync(join(at('live.db-taken'), 'live.db-wal'))
    expect(wal.length).toBeGreaterThan(0)
    const address = `sqlite:${join(at('log.db-taken'), 'log.db')}`
    await restore(join(at('live.db-taken'), 'live.db'), address, systemChance)
    expect((await standing('log.db-taken/log.db')).head).toBe(3)
    expect((await standing('log.db-taken/log.db.before-restore-1')).head).toBe(5)
    expect(readFileSync(join(at('live.db-taken'), 'live.db-wal')).equals(wal)).toBe(true)
  })

  test('makes the store when there was none', async () => {
    await fill('copy.db', 2)
    expect((await restore(at('copy.db'), storeAddress(), systemChance)).before).toBe(null)
    expect([readdirSync(folder).sort(), (await standing('log.db')).head]).toEqual([['copy.db', 'log.db'], 2])
  })

  test('takes the place of a store that is damaged, keeps it, and leaves nothing of it beside the new one', async () => {
    await fill('copy.db', 2)
    writeFileSync(at('log.db'), 'Dear diary, '.repeat(1_000))
    writeFileSync(at('log.db-wal'), 'more of it')
    await restore(at('copy.db'), storeAddress(), systemChance)
    expect((await standing('log.db')).head).toBe(2)
    expect(readFileSync(at('log.db.before-restore-1'), 'utf8').slice(0, 10)).toBe('Dear diary')
    expect(readdirSync(folder).filter((name) => /-(wal|shm|journal)$/.test(name) && !name.includes('before'))).toEqual([])
  })

  const WRONG: readonly (readonly [name: string, make: () => unknown, line: RegExp])[] = [
    ['nothing', () => {}, /^restore: found nothing at ".*copy\.db"; wanted is the path of a backup copy$/],
    ['a folder', () => mkdirSync(at('copy.db')), /^restore: found ".*copy\.db", which is no file; wanted is /],
    [
      'an empty file',
      () => writeFileSync(at('copy.db'), ''),
      /^restore: found ".*copy\.db", which is no store of a gateway; wanted is a copy of a store, as this gateway writes it$/
    ],
    ['no database', () => writeFileSync(at('copy.db'), 'Dear diary, '.repeat(1_000)), /^restore: found ".*copy\.db", which is no database; wanted is /],
    ['a foreign database', () => change('create table meta (name text)', 'foreign.db'), /, which is no store of a gateway; wanted is /],
    [
      'a newer version',
      () => change('pragma user_version = 99'),
      /^restore: found ".*copy\.db", which was written by a newer version \(its schema is 99, this version knows \d+\); wanted is /
    ],
    ['a damaged copy', damage, /^restore: found ".*copy\.db", which is damaged \(.*\); wanted is /]
  ]
  async function change(sql: string, from = 'log.db'): Promise<void> {
    if (from === 'log.db') copyFileSync(at(from), at('copy.db'))
    const driver = await openLibsql(at('copy.db'))
    driver.exec(sql)
    driver.close()
  }
  function damage(): void {
    const bytes = readFileSync(at('log.db'))
    // The second half, as a copy that was broken off and filled up would have it.
    writeFileSync(at('copy.db'), bytes.fill(0x61, bytes.length / 2))
  }
  test.each(WRONG)('from %s is refused in one line, and the store is as it was', async (_name, make, line) => {
    await fill('log.db', 3)
    await make()
    const before = readFileSync(at('log.db'))
    const told = await restore(at('copy.db'), storeAddress(), systemChance).then(
      () => 'restored',
      (thrown: Error) => thrown.message
    )
    expect(told).toMatch(line)
    expect(told).not.toContain('\n')
    expect(readFileSync(at('log.db')).equals(before)).toBe(true)
    expect(readdirSync(folder).filter((name) => name !== 'copy.db')).toEqual(['log.db'])
  })

  test('from the store itself is refused', async () => {
    await fill('log.db', 1)
    await expect(restore(join(folder, '.', 'log.db'), storeAddress(), systemChance)).rejects.toThrow(/which is the store itself; wanted is /)
    await expect(restore(at('log.db'), 'sqlite::memory:', systemChance)).rejects.toThrow(/^store: found "sqlite::memory:"; wanted is /)
  })

  test('of a store in use is refused, and its user goes on', { timeout: 120_000 }, async () => {
    await fill('copy.db', 1)
    const writer = child(WRITER, [storeAddress()])
    await writer.line((line) => line.startsWith('acked'))
    await expect(restore(at('copy.db'), storeAddress(), systemChance)).rejects.toThrow(
      `store: "${storeAddress()}" is in use by another process; wanted is a store that nobody uses: stop the gateway first`
    )
    const { length } = writer.lines
    await expect.poll(() => writer.lines.length, { timeout: 20_000 }).toBeGreaterThan(length)
    expect(readdirSync(folder).filter((name) => name.includes('restor'))).toEqual([])
  })

  test('rule 16: while one is under way no gateway gets the file', { timeout: 120_000 }, async () => {
    await fill('log.db', 1)
    const held = await holdFile(at('log.db'))
    const writer = child(WRITER, [storeAddress()])
    expect([(await writer.ended).code, writer.errors.join(' ')]).toEqual([1, expect.stringContaining('the file is in use by another process') as string])
    held.release()
    expect((await standing('log.db')).head).toBe(1)
  })
})

describe('a log that went back', () => {
  const KEY = 'k'.repeat(43)
  async function start(): Promise<{ gateway: Gateway; url: string }> {
    const gateway = createGateway(
      { port: 0, store: storeAddress(), inboxes: { support: { connector: 'echo' } } },
      { connectors: ECHO, log: createListLog(), widgetDir: folder }
    )
    undo.push(() => gateway.stop())
    return { gateway, ...(await gateway.start()) }
  }
  async function visit(...parameters: Parameters<typeof enter>): Promise<Visitor> {
    const visitor = await enter(...parameters)
    undo.push(() => visitor.close())
    return visitor
  }
  /** Says one thing, copies the file of the stopped gateway, says another. @returns where the client stands, in the log that is lost */
  async function lose(said: string) {
    const first = await start()
    const session = await openSession(first.url, KEY)
    await (await visit(first.url, session)).say(1, 'kept')
    await first.gateway.stop()
    copyFileSync(at('log.db'), at('copy.db'))
    const second = await start()
    const visitor = await visit(second.url, session)
    await visitor.say(2, said)
    await expect.poll(() => visitor.rows.at(-1)?.author.role, { timeout: 10_000 }).toBe('bot')
    const place = visitor.place()
    await second.gateway.stop()
    return { session, place }
  }
  const seen = (visitor: Visitor) => visitor.welcome.conversations.map(({ reset, from, lastDeviceSeq }) => ({ reset, from, lastDeviceSeq }))

  test('by a restore is told to clients, who send again what is missing', { timeout: 120_000 }, async () => {
    const { session, place } = await lose('lost')
    const command = child(MAIN, ['restore', at('copy.db'), '--store', storeAddress()])
    expect([await command.ended, command.errors]).toEqual([{ code: 0, signal: null }, []])
    expect(command.lines).toEqual([
      expect.stringMatching(/log\.db is now what .*copy\.db was: 1 conversations with \d+ events, the last of 20.*Z\.$/),
      expect.stringMatching(/^The store as it was before is kept as .*log\.db\.before-restore-1\.$/),
      'It has a new epoch: clients notice when they connect, read the conversations anew and send again what is missing.',
      'Start the gateway now.'
    ])
    const { url } = await start()
    const back = await visit(url, session, place)
    expect(seen(back)).toEqual([{ reset: true, from: 1, lastDeviceSeq: 1 }])
    expect(back.welcome.conversations[0]?.epoch).not.toBe(place.epoch)
    expect(await back.say(2, 'lost')).toMatchObject({ seq: expect.any(Number) as number })
  })

  test('by a file that was just copied back is noticed by its tail, too', { timeout: 60_000 }, async () => {
    const { session, place } = await lose('lost')
    copyFileSync(at('copy.db'), at('log.db'))
    const { gateway, url } = await start()
    const back = await visit(url, session, place)
    expect([seen(back), back.welcome.conversations[0]?.epoch]).toEqual([[{ reset: true, from: 1, lastDeviceSeq: 1 }], place.epoch])
    // Another client was faster: the log is as long as before, with another row at that place.
    const { conversation } = session
    const parts = [{ kind: 'text', text: 'something else' }]
    await back.request('append', { conversation, deviceSeq: 2, messageId: 'another-message-------', after: 0, type: 'message.created', body: { parts } })
    await expect.poll(() => back.rows.at(-1)?.seq, { timeout: 10_000 }).toBeGreaterThanOrEqual(place.cursor)
    const late = await visit(url, session, place)
    expect(seen(late)[0]?.reset).toBe(true)
    await gateway.stop()
  })
})
