import type { Random } from '../random.js'
import { StorageLost, type OutboxStorage, type OutboxStorages } from './contract.js'
import { emptyRecord, entered, takenIn, moved, restarted, withItem, withoutItems, withReplaced, type OutboxRecord } from './outbox-record.js'

/** Outboxes that live as long as the page: each page is a device of its own. */
export function memoryStorages(random: Random): OutboxStorages {
  const records = new Map<string, OutboxRecord>()

  function open(owner: string): OutboxRecord {
    const record = records.get(owner) ?? emptyRecord(random)
    records.set(owner, record)
    return record
  }

  function of(owner: string): OutboxStorage {
    const change = (next: (record: OutboxRecord) => OutboxRecord): OutboxRecord => {
      const record = next(open(owner))
      records.set(owner, record)
      return record
    }
    return {
      load: async () => open(owner),
      async take(item, life) {
        if (open(owner).life !== life) throw new StorageLost('The outbox began anew.')
        return takenIn(
          change((record) => withItem(record, item)),
          item.messageId
        )
      },
      put: async (item) => void change((record) => withReplaced(record, item)),
      remove: async (messageIds) => void change((record) => withoutItems(record, messageIds)),
      restart: async (from, fresh, first) => change((record) => restarted(record, from, fresh, first)),
      enter: async (conversation, fresh) => change((record) => entered(record, conversation, fresh)),
      clear: async () => void records.delete(owner)
    }
  }

  return {
    isDurable: false,
    of,
    async move(from, to) {
      const target = moved(open(from), open(to))
      records.set(to, target)
      records.delete(from)
    }
  }
}
