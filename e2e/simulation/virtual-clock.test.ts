import { expect, test } from 'vitest'
import { createVirtualClock } from './virtual-clock.js'

test('what is due runs in the order of its time, and of asking within the same time', async () => {
  const clock = createVirtualClock()
  const ran: string[] = []
  const note = (name: string) => (): void => void ran.push(`${name} at ${clock.now()}`)
  clock.setTimer(20, note('late'))
  clock.setTimer(10, note('first'))
  const cancel = clock.setTimer(10, note('cancelled'))
  clock.setTimer(10, note('second'))
  clock.setTimer(21, note('not due'))
  cancel()
  await clock.runFor(20)
  expect(ran).toEqual(['first at 10', 'second at 10', 'late at 20'])
})

test('all that a timer settles has settled before the next one runs, however long the chain', async () => {
  const clock = createVirtualClock()
  const ran: string[] = []
  async function chain(links: number): Promise<void> {
    for (let link = 0; link < links; link++) await new Promise<void>((resolve) => queueMicrotask(resolve))
    ran.push('chain')
  }
  clock.setTimer(0, () => void chain(10_000))
  clock.setTimer(0, () => void ran.push('next'))
  await clock.runFor(0)
  expect(ran).toEqual(['chain', 'next'])
})

test('what was under way when time was told to pass settles first, whoever tells it', async () => {
  const clock = createVirtualClock()
  const ran: string[] = []
  async function chain(): Promise<void> {
    for (let link = 0; link < 100; link++) await null
    ran.push('chain')
  }
  clock.setTimer(0, () => void ran.push('timer'))
  await new Promise((resolve) => setImmediate(resolve))
  void chain()
  await clock.runFor(0)
  expect(ran).toEqual(['chain', 'timer'])
})
