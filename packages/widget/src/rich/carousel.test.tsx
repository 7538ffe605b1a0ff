// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest'
import type { CardsPart } from '@parley/protocol'
import { fakeClient, messageItem } from '../testing/fake-client.js'
import { find, findAll, nameOf } from '../testing/find.js'
import { drawn, mountOpen, press } from '../testing/mount.js'

const pick = (title: string) => ({ title, actions: [{ label: `Pick ${title}`, value: title }] })
const WITH_BUTTONS: CardsPart = { kind: 'cards', cards: [pick('A'), { title: 'B' }, pick('C'), pick('D')] }
const WITHOUT: CardsPart = { kind: 'cards', cards: [{ title: 'A' }, { title: 'B' }, { title: 'C' }] }

async function mount(part: CardsPart, direction: 'ltr' | 'rtl' = 'ltr') {
  const element = await mountOpen(fakeClient([messageItem([part])]))
  await drawn()
  const track = find(element, 'list')
  track.style.direction = direction
  const moves: number[] = []
  const shows: unknown[] = []
  Object.defineProperties(track, {
    clientWidth: { value: 200 },
    scrollWidth: { value: 700 },
    scrollBy: { value: ({ left }: { readonly left: number }) => void moves.push(left) }
  })
  for (const card of track.children) card.scrollIntoView = (how) => void shows.push([card.textContent, how])
  track.dispatchEvent(new Event('scroll'))
  await drawn()
  const focused = () => nameOf(element.shadowRoot?.activeElement ?? document.body)
  return { element, track, moves, shows, focused }
}

afterEach(() => document.body.replaceChildren())

test('arrows lead from card to card, over those without a button, and stay where nothing follows', async () => {
  const { element, track, moves, focused } = await mount(WITH_BUTTONS)
  find(element, 'button', 'Pick A').focus()
  const seen: string[] = []
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) {
    const target = element.shadowRoot?.activeElement
    if (!(target instanceof HTMLElement)) throw new Error('nothing has the focus')
    await press(target, key)
    seen.push(focused())
  }
  expect([seen, moves, track.hasAttribute('tabindex')]).toEqual([['Pick C', 'Pick D', 'Pick D', 'Pick C', 'Pick A', 'Pick A'], [160, -160], false])
})

test('without buttons the track has the focus, and arrows scroll it', async () => {
  const { track, moves } = await mount(WITHOUT)
  track.focus()
  for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'a']) await press(track, key)
  expect([moves, track.tabIndex]).toEqual([[160, -160], 0])
})

test('where writing goes from right to left, the left arrow leads on', async () => {
  const { track, moves } = await mount(WITHOUT, 'rtl')
  await press(track, 'ArrowLeft')
  await press(track, 'ArrowRight')
  expect(moves).toEqual([-160, 160])
})

test('an arrow with another key is the browser’s, and one that leads somewhere scrolls nothing else', async () => {
  const { track, moves } = await mount(WITHOUT)
  const prevented: boolean[] = []
  for (const more of [{ altKey: true }, { ctrlKey: true }, { metaKey: true }, { shiftKey: true }, {}]) {
    const event = new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true, ...more })
    track.dispatchEvent(event)
    prevented.push(event.defaultPrevented)
  }
  expect([moves, prevented]).toEqual([[160], [false, false, false, false, true]])
})

test('every card, button and step is reached by the keyboard, in the order in which they stand', async () => {
  const { element } = await mount(WITH_BUTTONS)
  const carousel = element.shadowRoot?.querySelector('.carousel')
  if (!carousel) throw new Error('no carousel')
  expect(findAll(carousel, 'button').map((one) => [nameOf(one), one.tabIndex])).toEqual([
    ['Pick A', 0],
    ['Pick C', 0],
    ['Pick D', 0],
    ['Previous', 0],
    ['Next', 0]
  ])
})
