import { expect, test } from 'vitest'
import type { DeviceId, MessageId } from '@parley/protocol'
import { createKeeping } from './outbox-keeping.js'
import type { NewItem } from './outbox-item.js'
import { memoryStorages } from './storage/memory.js'
import { seededRandom } from './testing/index.js'

const message = (name: string): NewItem => ({
  messageId: name.padEnd(22, '-') as MessageId,
  draft: { type: 'message.created', body: { parts: [{ kind: 'text', text: name }] } },
  after: 0,
  formerly: [],
  state: 'pending',
  error: null,
  seq: null
})

test('a number that belongs to the device under which another tab began anew comes with all there is, never alone', async () => {
  const random = seededRandom(1)
  const storages = memoryStorages(random)
  const fail = (): never => {
    throw new Error('nothing fails here')
  }
  const keeping = createKeeping({ storages, fallback: storages, owner: '', random, pending: () => [], onError: fail, onUnsaved: fail })
  const { device } = await keeping.load()
  expect((await keeping.take(message('one'))).renewed).toBeNull()
  const other = 'another-device'.padEnd(22, '-') as DeviceId
  await storages.of('').restart(device, other, [])
  const { item, renewed } = await keeping.take(message('two'))
  expect([item.deviceSeq, renewed?.device, renewed?.items.map(({ messageId }) => messageId)]).toEqual([
    2,
    other,
    [message('one').messageId, message('two').messageId]
  ])
  expect((await keeping.take(message('three'))).renewed).toBeNull()
})
