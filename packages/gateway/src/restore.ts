import { chmodSync, chownSync, closeSync, copyFileSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Chance } from '@parley/engine'
import { StartFault, startFault } from './start-fault.js'
import { holdFile, makeAnew, type Held, type Kept } from './stores/sqlite-restore.js'

/** What was done. `before`: where the former store is kept, `null` when there was none. */
export type Restored = Kept & { readonly copy: string; readonly file: string; readonly before: string | null }

const COPY = 'the path of a backup copy'
/** What SQLite may have left beside a file that was not closed. */
const BESIDE = ['-wal', '-shm', '-journal'] as const

/**
 * Puts a backup copy in the place of the store. The idea: the copy is copied beside the store, checked and given its new
 * epoch there, and only then takes the store's name, in one step. The copy itself is not touched, and whatever fails
 * leaves the store as it was.
 * @param copy a file of a stopped gateway, or one of a snapshot with its `-wal` beside it
 * @param address of the store: `sqlite:` and a path
 * @throws StartFault in one line
 */
export async function restore(copy: string, address: string, chance: Chance): Promise<Restored> {
  const file = fileOf(address)
  const present = found(file)
  checkCopy(copy, present)
  const held = present ? await holdFile(file) : null
  const fresh = `${file}.restoring-${process.pid}`
  try {
    copyWhole(copy, fresh, present)
    const kept = await makeAnew(fresh, chance, (problem) => startFault('restore', `"${copy}", ${problem}`, 'a copy of a store, as this gateway writes it'))
    toDisk(fresh)
    const before = held ? putAside(file) : null
    renameSync(fresh, file)
    toDisk(dirname(resolve(file)))
    return { ...kept, copy, file, before }
  } catch (thrown) {
    throw thrown instanceof StartFault ? thrown : notDone(thrown)
  } finally {
    for (const suffix of ['', ...BESIDE]) rmSync(fresh + suffix, { force: true })
    release(held)
  }
}

const notDone = (cause: unknown): StartFault =>
  new StartFault(`restore: the files could not be written (${cause instanceof Error ? cause.message.split('\n')[0] : 'unknown'}); the store is as it was`, {
    cause
  })

const release = (held: Held | null): void => held?.release()

function fileOf(address: string): string {
  const path = /^sqlite:(.+)$/.exec(address)?.[1]
  if (path === undefined || path === ':memory:') throw startFault('store', `"${address}"`, '"sqlite:" and the path of a file, "sqlite:./parley.db" for example')
  return path
}

const found = (path: string): Stats | null => statSync(path, { throwIfNoEntry: false }) ?? null

function checkCopy(copy: string, present: Stats | null): void {
  const stats = found(copy)
  if (!stats) throw startFault('restore', `nothing at "${copy}"`, COPY)
  if (!stats.isFile()) throw startFault('restore', `"${copy}", which is no file`, COPY)
  if (present && present.dev === stats.dev && present.ino === stats.ino) throw startFault('restore', `"${copy}", which is the store itself`, COPY)
}

/** With what belongs to the copy, and for whoever had the store before. */
function copyWhole(copy: string, fresh: string, present: Stats | null): void {
  for (const suffix of ['', '-wal', '-journal']) {
    if (existsSync(copy + suffix)) copyFileSync(copy + suffix, fresh + suffix)
    if (existsSync(fresh + suffix)) chmodSync(fresh + suffix, 0o600)
  }
  if (!present) return
  chmodSync(fresh, present.mode | 0o600)
  try {
    chownSync(fresh, present.uid, present.gid)
  } catch {
    // Only the administrator may give a file away; everybody else has it now.
  }
}

/** The store gets a second name, under which it stays when its own is taken. It is not opened here: that would end its lock. */
function putAside(file: string): string {
  let number = 1
  while (existsSync(`${file}.before-restore-${number}`)) number++
  const before = `${file}.before-restore-${number}`
  for (const suffix of BESIDE) if (existsSync(file + suffix)) renameSync(file + suffix, before + suffix)
  try {
    linkSync(file, before)
  } catch {
    // Not every file system gives second names.
    renameSync(file, before)
  }
  return before
}

function toDisk(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
