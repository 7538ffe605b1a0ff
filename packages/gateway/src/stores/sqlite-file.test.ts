import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemChance } from '../host.js'
import { upTo } from '../testing/audits.js'
import { commitMessage, CONVERSATION_ID, DEVICE_ID, messageId, openSample, runId } from '../testing/samples.js'
import { runSource } from '../testing/run-source.js'
import { openStore } from './open-store.js'
import { createSqliteStore } from './sqlite.js'
import { openLibsql } from './sqlite-driver.js'

const WRITER = new URL('../testing/store-writer.ts', import.meta.url)
let folder: string
let address: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-sqlite-'))
  address = `sqlite:${join(folder, 'log.db')}`
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const problem = (where: string) =>
  openStore(where, systemChance).then(
    () => 'none',
    (thrown: Error) => thrown.message
  )

describe('a process that is killed', () => {
  test('loses nothing that it had acknowledged, and leaves the file free', { timeout: 60_000 }, async () => {
    for (let round = 1; round <= 3; round++) {
      const writer = runSource(WRITER, [address])
      await writer.line((line) => line.startsWith('acked'))
      await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 200))
      writer.child.kill('SIGKILL')
      expect((await writer.ended).signal).toBe('SIGKILL')
      const acked = writer.lines.flatMap((line) => line.split(' ').slice(1).map(Number))
      expect(acked.length).toBeGreaterThan(10)
      const store = await openStore(address, systemChance)
      const rows = await store.read({ conversation: CONVERSATION_ID, log: 'public', from: 1, to: 1_000_000 }, 1_000_000, 100_000_000)
      const last = rows.at(-1)?.seq ?? 0
      expect(last).toBeGreaterThanOrEqual(Math.max(...acked))
      expect(rows.map(({ seq, messageId: id }) => [seq, id])).toEqual(rows.map((_, index) => [index + 1, messageId(index + 1)]))
      // A unit is there with all that belongs to it, or not at all.
      expect([
        await store.lastDeviceSeq(CONVERSATION_ID, DEVICE_ID),
        (await store.jobs()).length,
        (await store.runsWith(['open'])).length,
        (await store.audits(1_000_000)).map(({ at }) => at - 1_000)
      ]).toEqual([last, last, last, upTo(last)])
      await store.close()
    }
  })
})

describe('a file', () => {
  test('in use by another process is refused in one line, and free when that one is gone', { timeout: 30_000 }, async () => {
    const writer = runSource(WRITER, [address])
    await writer.line((line) => line.startsWith('acked'))
    expect(await problem(address)).toBe(
      `store: "${address}" cannot be opened (the file is in use by another process); a file that only this process uses, in a folder that exists and may be written, is wanted`
    )
    writer.child.kill('SIGKILL')
    await writer.ended
    expect(await problem(address)).toBe('none')
  })

  test('that is closed leaves nothing beside it', async () => {
    const store = await openStore(address, systemChance)
    await openSample(store)
    await commitMessage(store, 1)
    await store.close()
    await store.close()
    expect(readdirSync(folder)).toEqual(['log.db'])
  })

  test.each([
    [
      'postgres://localhost/parley',
      /^store: found "postgres:\/\/localhost\/parley"; wanted is "sqlite:" and the path of a file, "sqlite:\.\/parley\.db" for example$/
    ],
    ['sqlite:', /^store: found "sqlite:"; wanted is "sqlite:" and the path/],
    ['sqlite:/nowhere/at/all/log.db', /^store: "sqlite:\/nowhere\/at\/all\/log\.db" cannot be opened \(.*\); a file that only this process uses/]
  ])('%s is refused in one line', async (where, line) => {
    expect(await problem(where)).toMatch(line)
    expect(await problem(where)).not.toContain('\n')
  })

  test('that is no database is refused and left as it was', async () => {
    writeFileSync(join(folder, 'log.db'), 'Dear diary, '.repeat(1_000))
    expect(await problem(address)).toMatch(/^store: ".*" cannot be opened \(file is not a database\)/)
  })

  test('of a newer version is refused', async () => {
    await (await openStore(address, systemChance)).close()
    const driver = await openLibsql(join(folder, 'log.db'))
    driver.exec('pragma user_version = 99')
    driver.close()
    expect(await problem(address)).toBe(
      'store: the file was written by a newer version (its schema is 99, this version knows 4); a gateway at least as new is wanted'
    )
  })

  test('on a full disk takes nothing more, keeps what it has, and goes on when there is room', async () => {
    const driver = await openLibsql(join(folder, 'log.db'))
    const store = createSqliteStore(driver, systemChance)
    await openSample(store)
    await commitMessage(store, 1)
    driver.prepare('pragma max_page_count = 60').all()
    const big = 'x'.repeat(20_000)
    let number = 1
    const fill = async (): Promise<void> => {
      for (;;) {
        await commitMessage(store, number + 1, big)
        number++
      }
    }
    await expect(fill()).rejects.toThrow(/full/)
    expect(number).toBeGreaterThan(1)
    expect([await store.head(CONVERSATION_ID, 'public'), await store.lastDeviceSeq(CONVERSATION_ID, DEVICE_ID), await store.run(runId(number + 1))]).toEqual([
      number,
      number,
      null
    ])
    await expect(store.check()).resolves.toBe(undefined)
    driver.prepare('pragma max_page_count = 1000000').all()
    expect(await commitMessage(store, number + 1)).toMatchObject({ kind: 'stored', seq: number + 1 })
    expect(await store.messageIdAt(CONVERSATION_ID, 'public', number + 1)).toBe(messageId(number + 1))
    await store.close()
  })

  test('is asked to wait for the disk', async () => {
    const driver = await openLibsql(join(folder, 'log.db'))
    const store = createSqliteStore(driver, systemChance)
    const pragma = (name: string) => driver.prepare(`pragma ${name}`).get()?.[0]
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('locking_mode')]).toEqual(['wal', 2, 'exclusive'])
    await store.close()
  })
})
