import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Store, Unit } from '../store.js'
import type { OpenStore } from './store-bench.js'
import { createModel, type Model } from './store-model.js'
import { asRead, conversation, conversationId, deviceId, message, readAll, voided } from './store-samples.js'

const CONVERSATIONS = [1, 2]
const DEVICES = [1, 2]
const LOGS = ['public', 'staff'] as const

/** Few ids, so that repeats, gaps and forgeries are common. */
const deviceNumber = fc.tuple(fc.constantFrom(...DEVICES), fc.integer({ min: 1, max: 6 }))
const event = fc
  .record({
    number: fc.integer({ min: 1, max: 9 }),
    conversation: fc.constantFrom(...CONVERSATIONS),
    log: fc.constantFrom(...LOGS),
    by: fc.option(deviceNumber),
    digest: fc.constantFrom('same', 'same', 'same', 'other'),
    open: fc.boolean()
  })
  .map(
    ({ number, conversation: where, log, by, digest, open }): Unit => ({
      event: message(number, { in: conversationId(where), log, digest, ...(by ? { by } : {}) }),
      open
    })
  )
/** A sender in good order, so that long runs of numbers come about, too. */
const inOrder = fc
  .record({ device: fc.constantFrom(...DEVICES), seq: fc.integer({ min: 1, max: 6 }), isVoid: fc.boolean(), open: fc.boolean() })
  .map(
    ({ device, seq, isVoid, open }): Unit =>
      isVoid ? { void: voided(device * 100 + seq, [device, seq]), open } : { event: message(device * 100 + seq, { by: [device, seq] }), open }
  )
/** An end with its row, or without; seldom, for little that is new comes behind it. */
const end = fc
  .record({ conversation: fc.constantFrom(...CONVERSATIONS), hasRow: fc.boolean(), open: fc.boolean() })
  .map(({ conversation: where, hasRow, open }): Unit => {
    const puts: Unit['puts'] = [{ put: 'closed', conversation: conversationId(where) }]
    return hasRow ? { event: message(99, { in: conversationId(where) }), open, puts } : { puts }
  })
const unit = fc.oneof({ weight: 10, arbitrary: event }, { weight: 10, arbitrary: inOrder }, { weight: 1, arbitrary: end })
const commits = fc.array(fc.array(unit, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 })

/** Any sequence of commits against a plain model. */
export function propertyContract(open: OpenStore, options: { readonly seed?: number; readonly runs?: number }): void {
  const seed = options.seed ?? crypto.getRandomValues(new Int32Array(1))[0] ?? 0
  describe('any sequence of commits', () => {
    test(`does what the plain model does (seed ${seed})`, { timeout: 60_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(commits, (batches) => check(open, batches)),
        { seed, numRuns: options.runs ?? 60 }
      )
    })
  })
}

async function check(open: OpenStore, batches: readonly (readonly Unit[])[]): Promise<void> {
  const opened = await open()
  try {
    const { store } = opened
    const model = createModel()
    for (const where of CONVERSATIONS) await store.openConversation(conversation(where), [])
    for (const units of batches) expect(await store.commit(units)).toEqual(units.map((one) => model.commit(one)))
    await compare(store, model)
    if (opened.reopen) await compare(await opened.reopen(), model)
  } finally {
    await opened.dispose()
  }
}

async function compare(store: Store, model: Model): Promise<void> {
  for (const id of CONVERSATIONS.map(conversationId)) {
    expect((await store.conversation(id))?.status).toBe(model.isClosed(id) ? 'closed' : 'open')
    for (const log of LOGS) {
      const rows = model.rows(id, log)
      expect(await readAll(store, id, log)).toEqual(rows.map((row, index) => asRead(row, index + 1)))
      expect(await store.head(id, log)).toBe(rows.length)
    }
    for (const device of DEVICES.map(deviceId)) expect(await store.lastDeviceSeq(id, device)).toBe(model.lastDeviceSeq(id, device))
  }
}
