import { unavailable } from '../errors.js'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import { StorageLost, type OutboxStorage, type OutboxStorages } from './contract.js'
import { emptyRecord, entered, isRecord, takenIn, moved, restarted, withItem, withoutItems, withReplaced, type OutboxRecord } from './outbox-record.js'

/** A database that takes longer to answer is blocked: memory does then. */
const ANSWER_WITHIN_MS = 3_000
const STORE = 'outboxes'

type Records = IDBObjectStore
type Change<Value> = (records: Records, done: (value: Value) => void) => void
type Options = { readonly name: string; readonly clock: Clock; readonly random: Random; readonly factory?: IDBFactory }

/**
 * Outboxes in one database of the page's origin, one record for each owner. Every change reads the record and writes it
 * in one transaction with strict durability: it settles when it is on disk, as far as the browser can tell. What of it
 * is deleted or broken while in use begins anew under another life.
 */
export function indexedDbStorages({ name, clock, random, factory = indexedDB }: Options): OutboxStorages {
  let opening: Promise<IDBDatabase> | null = null

  function open(): Promise<IDBDatabase> {
    opening ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = factory.open(name, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(STORE)
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const database = request.result
        const forget = () => {
          opening = null
          database.close()
        }
        // Somebody deletes it: the next change opens a new one.
        database.onversionchange = forget
        database.onclose = forget
        resolve(database)
      }
    })
    opening.catch(() => {
      opening = null
    })
    return opening
  }

  /** One transaction. `run` gets the store and calls `done` with the result from within it. */
  async function transact<Value>(run: Change<Value>, durability: IDBTransactionDurability = 'strict'): Promise<Value> {
    const database = await within(open())
    return within(
      new Promise<Value>((resolve, reject) => {
        let result: { readonly value: Value } | null = null
        const transaction = begin(database, durability)
        transaction.oncomplete = () => (result ? resolve(result.value) : reject(unavailable('The browser storage gave nothing.')))
        transaction.onabort = () => reject(transaction.error ?? unavailable('The browser storage gave up.'))
        run(transaction.objectStore(STORE), (value) => {
          result = { value }
        })
      })
    )
  }

  /** A database that was closed meanwhile is opened anew by the next change. */
  function begin(database: IDBDatabase, durability: IDBTransactionDurability): IDBTransaction {
    try {
      return database.transaction(STORE, 'readwrite', { durability })
    } catch (reason) {
      opening = null
      throw reason
    }
  }

  function within<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const cancel = clock.setTimer(ANSWER_WITHIN_MS, () => {
        opening = null
        reject(unavailable('The browser storage does not answer.'))
      })
      work.then(resolve, reject).finally(cancel)
    })
  }

  /** Reads the record there is, or a new one, and writes what `next` makes of it. */
  function change(records: Records, owner: string, next: (record: OutboxRecord) => OutboxRecord, done: (record: OutboxRecord) => void): void {
    const found = records.get(owner)
    found.onsuccess = () => {
      const kept: unknown = found.result
      const before = isRecord(kept) ? kept : emptyRecord(random)
      const after = next(before)
      if (after !== kept) records.put(after, owner)
      done(after)
    }
  }

  const changeOne = (owner: string, next: (record: OutboxRecord) => OutboxRecord, durability?: IDBTransactionDurability): Promise<OutboxRecord> =>
    transact((records, done) => change(records, owner, next, done), durability)

  function of(owner: string): OutboxStorage {
    return {
      load: () => changeOne(owner, (record) => record),
      async take(item, life) {
        const record = await changeOne(owner, (found) => (found.life === life ? withItem(found, item) : found))
        if (record.life !== life) throw new StorageLost('The outbox began anew.')
        return takenIn(record, item.messageId)
      },
      put: async (item) => void (await changeOne(owner, (record) => withReplaced(record, item))),
      // What comes back after a crash is sent again, and known to the gateway.
      remove: async (messageIds) => void (await changeOne(owner, (record) => withoutItems(record, messageIds), 'relaxed')),
      restart: (from, fresh, first) => changeOne(owner, (record) => restarted(record, from, fresh, first)),
      enter: (conversation, fresh) => changeOne(owner, (record) => entered(record, conversation, fresh)),
      clear: () =>
        transact((records, done) => {
          records.delete(owner)
          done(undefined)
        })
    }
  }

  return {
    isDurable: true,
    of,
    move: (from, to) =>
      transact((records, done) =>
        change(
          records,
          from,
          (record) => record,
          (given) =>
            change(
              records,
              to,
              (record) => moved(given, record),
              () => {
                records.delete(from)
                done(undefined)
              }
            )
        )
      )
  }
}
