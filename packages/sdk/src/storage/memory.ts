import type { DeviceId, MessageId } from '@parley/protocol'
import type { OutboxItem } from '../outbox-item.js'
import { mintId, type Random } from '../random.js'
import type { OutboxStorage } from './contract.js'

/** An outbox that lives as long as the page: each page is a device of its own. */
export function memoryStorage(random: Random): OutboxStorage {
  let device = mintId<DeviceId>(random)
  let lastDeviceSeq = 0
  let items: ReadonlyMap<MessageId, OutboxItem> = new Map()
  const inOrder = (): OutboxItem[] => [...items.values()].sort((one, other) => one.deviceSeq - other.deviceSeq)
  const set = (item: OutboxItem): void => {
    items = new Map(items).set(item.messageId, item)
  }

  return {
    load: async () => ({ device, items: inOrder() }),
    async take(draft) {
      const item = { ...draft, deviceSeq: ++lastDeviceSeq }
      set(item)
      return item
    },
    put: async (item) => set(item),
    async remove(messageId) {
      items = new Map([...items].filter(([key]) => key !== messageId))
    },
    async restart(fresh) {
      device = fresh
      lastDeviceSeq = 0
      const kept = inOrder().filter((item) => item.draft.type !== 'void')
      items = new Map(kept.map((item) => [item.messageId, item.state === 'pending' ? { ...item, deviceSeq: ++lastDeviceSeq } : item]))
      return inOrder()
    },
    async clear() {
      device = mintId<DeviceId>(random)
      lastDeviceSeq = 0
      items = new Map()
    }
  }
}
