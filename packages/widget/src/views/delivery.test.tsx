// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from 'vitest'
import { ParleyError } from '@parley/protocol'
import type { TimelineItem } from '@parley/sdk'
import { fakeClient, messageItem } from '../testing/fake-client.js'
import { find, findAll, nameOf } from '../testing/find.js'
import { drawn, mountOpen } from '../testing/mount.js'

async function mount(isDurable: boolean, ...items: TimelineItem[]) {
  const client = { ...fakeClient(items), isDurable }
  client.conversation.$isSaved.set(isDurable)
  const element = await mountOpen(client)
  await drawn()
  return find(element, 'log', 'Messages')
}
const timesIn = (log: Element): string[] => [...log.querySelectorAll('time.side')].map((time) => (time.textContent ?? '').replace(/\d+:\d+.*/, 'time'))

afterEach(() => document.body.replaceChildren())

describe('with a side that keeps nothing', () => {
  const items = [messageItem('Good day'), messageItem('Hello', { isMine: true })]

  test('what was sent is called delivered, and nothing more', async () => {
    expect(timesIn(await mount(false, ...items))).toEqual(['time', 'Delivered time'])
    document.body.replaceChildren()
    expect(timesIn(await mount(true, ...items))).toEqual(['time', 'time'])
  })

  test('what is under way is not called unsaved, as if it were saved later', async () => {
    const log = await mount(false, messageItem('Hello', { isMine: true, status: 'sending', at: null }))
    expect([log.textContent?.includes('Sending…'), log.textContent?.includes('saved')]).toEqual([true, false])
  })

  test('what got no answer is not called unsent, and can be sent again or discarded', async () => {
    const error = new ParleyError('append.unknown', 'It is not known whether this arrived.')
    const log = await mount(false, messageItem('Hello', { isMine: true, status: 'failed', error, at: null }))
    expect(nameOf(find(log, 'alert'))).toBe('It is not known whether this arrived.')
    expect(findAll(log, 'button').map(nameOf)).toEqual(['Retry', 'Discard'])
  })
})
