import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openPegaBench, type PegaBench } from './testing.js'

let bench: PegaBench
beforeEach(async () => void (bench = await openPegaBench()))
afterEach(() => bench.stop())

const STEP_MS = 1_000
const floors = (): readonly string[] => bench.platform.customers.map(({ floor }) => floor)
/** What is sent on the way to so many bodies; each comes by a request of its own, so time goes on by steps. */
async function sentBy(count: number): Promise<readonly unknown[]> {
  await vi.waitFor(async () => {
    if (bench.hook.taken.length < count) await bench.clock.advance(STEP_MS)
    expect(bench.hook.taken.length).toBeGreaterThanOrEqual(count)
  })
  return bench.hook.taken.map(({ body }) => [body.type, [body.text ?? body.title ?? body.waitTime ?? ''].flat()[0]])
}

describe('the bot', () => {
  test('types, greets whoever is new by name, and offers a menu of three', async () => {
    expect(await bench.says('c-1', 'Hello')).toBe(200)
    expect(await bench.typesOf(1)).toEqual(['typing_indicator'])
    expect(await sentBy(3)).toEqual([
      ['typing_indicator', ''],
      ['text', 'Hello Mara, this is the assistant of Larch & Loam.'],
      ['menu', 'What can I do for you?']
    ])
    expect(bench.hook.taken[2]?.body.items).toEqual([
      { text: 'Opening hours', payload: 'opening-hours' },
      { text: 'Where is my order?', payload: 'order' },
      { text: 'Talk to a person', payload: 'person' }
    ])
    expect(bench.hook.taken.some(({ body }) => 'author' in body || 'csr_name' in body)).toBe(false)
  })

  test('answers a payload, or the words alone where a payload got lost', async () => {
    await bench.says('c-1', 'Opening hours', { postback: 'opening-hours' })
    expect((await sentBy(3)).slice(1)).toEqual([
      ['text', 'We are open from Monday to Saturday, 9 to 18 o’clock.'],
      ['carousel', 'Fresh in this week']
    ])
    await bench.says('c-1', 'where is my order?')
    expect((await sentBy(5)).slice(3)).toEqual([
      ['typing_indicator', ''],
      ['link_button', 'Your order is on its way. The van comes tomorrow morning.']
    ])
    await bench.says('c-1', 'constructor', { postback: '__proto__' })
    expect((await sentBy(8)).slice(6)).toEqual([
      ['text', 'I am sorry, I did not understand that.'],
      ['menu', 'What can I do for you?']
    ])
  })

  test('shows pictures and pages that are there', async () => {
    await bench.says('c-1', 'Plants')
    await sentBy(2)
    const items = bench.hook.taken[1]?.body.items as readonly { readonly image_url: string; readonly actions: readonly { readonly url?: string }[] }[]
    const links = items.flatMap(({ image_url: image, actions }) => [image, ...actions.flatMap(({ url }) => url ?? [])])
    expect(links).toHaveLength(6)
    const types = await Promise.all(
      [...links, `${bench.platform.url}/orders/latest`, `${bench.platform.url}/files/care-sheet.txt`].map(async (link) => {
        const response = await fetch(link)
        await response.text()
        return `${response.status} ${response.headers.get('content-type')}`
      })
    )
    expect([...new Set(types)].sort()).toEqual(['200 image/svg+xml', '200 text/html; charset=utf-8', '200 text/plain; charset=utf-8'])
  })

  test('hands over: it says how long it takes, somebody comes, and it is silent from then on', async () => {
    await bench.says('c-1', 'Talk to a person', { postback: 'person' })
    expect((await sentBy(3)).slice(1)).toEqual([
      ['text', 'One moment, I am asking somebody from the nursery.'],
      ['wait_time', '2 minutes']
    ])
    expect(floors()).toEqual(['waiting'])
    expect((await sentBy(4)).slice(3)).toEqual([['text', 'Hello Mara, Robin here. What can I do for you?']])
    expect([floors(), bench.hook.taken[3]?.body.author]).toEqual([['agent'], 'Robin'])
    await bench.says('c-1', 'Are there larches?')
    await bench.clock.advance(60_000)
    expect(bench.hook.taken).toHaveLength(4)
  })

  test('is hushed by an agent who answers, and has the floor again when it is given back', async () => {
    await bench.says('c-1', 'Hello')
    await bench.typesOf(1)
    await bench.platform.agent.say('c-1', 'I take this.')
    await bench.says('c-1', 'Fine')
    await bench.clock.advance(60_000)
    expect([floors(), bench.hook.taken.length]).toEqual([['agent'], 2])
    await bench.platform.bot.say('c-1', 'Back to the menu.')
    await bench.says('c-1', 'Plants')
    expect((await sentBy(5)).slice(3)).toEqual([
      ['typing_indicator', ''],
      ['carousel', 'Fresh in this week']
    ])
  })

  test('fetches a person at once for somebody whom another bot has sent on', async () => {
    await bench.says('c-1', 'Handed over. What was said before:\nVisitor: a person please')
    expect((await sentBy(3)).map((said) => [said].flat(2)[0])).toEqual(['typing_indicator', 'text', 'wait_time'])
  })

  test('stops in the middle when the customer ends, and greets anew after an end', async () => {
    await bench.says('c-1', 'Talk to a person')
    await sentBy(3)
    await bench.post({ type: 'customer_end_session', customer_id: 'c-1' })
    await bench.clock.advance(60_000)
    expect([floors(), bench.hook.taken.length]).toEqual([['ended'], 3])
    await bench.says('c-1', 'Hello again')
    expect((await sentBy(6)).slice(3).map((said) => [said].flat(2)[0])).toEqual(['typing_indicator', 'text', 'menu'])
    expect(floors()).toEqual(['bot'])
  })

  test('says nothing where it is off', async () => {
    const quiet = await openPegaBench({ isBotOn: false })
    expect(await quiet.says('c-1', 'Hello')).toBe(200)
    await quiet.clock.advance(60_000)
    expect(quiet.hook.taken).toEqual([])
    await quiet.stop()
  })
})
