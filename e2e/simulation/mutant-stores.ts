import type { ConversationId, ParleyEvent } from '@parley/protocol'
import type { NewEvent, Outcome, Store, Unit } from '@parley/engine'
import type { Seams } from './seams.js'

/** So long a write of the cheating stores is not on disk, in ms. */
export const UNSAFE_MS = 400
/** Behind the id of a message that was stored a second time. */
const SECOND = '.2'
/** So far the clock of visitors is behind the bot's, in ms. */
const BEHIND_MS = 20_000

/** Says that it is written while it is not: a crash soon after takes it away again. */
export const unsafe: NonNullable<Seams['store']> = (store, { life, journal }) => ({
  ...store,
  async commit(units) {
    journal.holdBack()
    const outcomes = await store.commit(units)
    life.setTimer(UNSAFE_MS, journal.flush)
    return outcomes
  }
})

/** A repeat is stored as if it were new, under the same id. */
export const withoutDedupe: NonNullable<Seams['store']> = (store) => storingAgain(store, () => true)

/**
 * A message is known by the device and the number it came under, and by nothing else: what a second leader sends under
 * another device is stored again.
 * @param firstBy message → the device that sent it first
 */
export function byDeviceAlone(firstBy: Map<string, string>): NonNullable<Seams['store']> {
  return (store) =>
    storingAgain(store, ({ messageId, device }) => {
      const first = firstBy.get(messageId)
      if (device && first === undefined) firstBy.set(messageId, device.id)
      return device !== null && first !== undefined && first !== device.id
    })
}

/** @param isTakenAnew asked for everything that comes; does it count as new, though its messageId is there? */
function storingAgain(store: Store, isTakenAnew: (event: NewEvent) => boolean): Store {
  async function again(unit: Unit, outcome: Outcome | undefined): Promise<Outcome> {
    const { event } = unit
    if (!event?.device || !isTakenAnew(event) || outcome?.kind !== 'known') return outcome ?? { kind: 'skipped' }
    const second = { ...event, device: null, messageId: `${event.messageId}${SECOND}` } as NewEvent
    const [stored] = await store.commit([{ event: second }])
    return stored ?? outcome
  }
  return {
    ...store,
    async commit(units) {
      const outcomes = await store.commit(units)
      return Promise.all(units.map((unit, index) => again(unit, outcomes[index])))
    }
  }
}

type Told = Extract<Outcome, { readonly kind: 'known' }>

/** The same words in one conversation are taken for the same message, whoever sent them, under whatever id. */
export function byContent(known: Map<string, Told>): NonNullable<Seams['store']> {
  const keyOf = ({ conversation, digest }: NewEvent): string => `${conversation} ${digest}`
  /** The number of what is taken for a repeat is used up, so that the sender can go on. */
  function reduced(unit: Unit): Unit {
    const { event } = unit
    if (!event?.device || !known.has(keyOf(event))) return unit
    const { conversation, messageId, device } = event
    return { void: { conversation, messageId, device, code: 'append.discarded' } }
  }
  function answer(unit: Unit, outcome: Outcome): Outcome {
    const { event } = unit
    if (!event?.device) return outcome
    const told = known.get(keyOf(event))
    if (told) return outcome.kind === 'void' ? told : outcome
    if (outcome.kind === 'stored') known.set(keyOf(event), { ...outcome, kind: 'known' })
    return outcome
  }
  return (store) => ({
    ...store,
    async commit(units) {
      const outcomes = await store.commit(units.map(reduced))
      return units.map((unit, index) => answer(unit, outcomes[index] ?? { kind: 'skipped' }))
    }
  })
}

/** Whoever reads gets the rows in the order of the clocks of those who wrote them. */
export const byClock: NonNullable<Seams['store']> = (store) => {
  const writtenAt = ({ at, author }: ParleyEvent): number => Date.parse(at) - (author.role === 'visitor' ? BEHIND_MS : 0)
  async function allRows(conversation: ConversationId): Promise<readonly ParleyEvent[]> {
    const rows = await store.read({ conversation, log: 'public', from: 1, to: Number.MAX_SAFE_INTEGER }, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    return [...rows].sort((one, other) => writtenAt(one) - writtenAt(other)).map((row, index) => ({ ...row, seq: index + 1 }))
  }
  return {
    ...store,
    read: async ({ conversation, from, to }, limit) => (await allRows(conversation)).slice(from - 1, Math.min(to, from - 1 + limit))
  }
}
