import type { WireBody } from './state.js'

/** What the bot of the demo shop says: all of it data. Pictures and links are on the platform itself. */

/** `{name}` in a text is the customer's. Typing comes first, and each message takes its time. */
export type BotStep =
  | { readonly do: 'typing' }
  | { readonly do: 'send'; readonly body: WireBody }
  /** The floor is an agent's from here on, who says this once there. */
  | { readonly do: 'hand-over'; readonly greeting: string }

export type BotScript = {
  /** To whoever comes new. */
  readonly greeting: readonly BotStep[]
  /** By payload. */
  readonly answers: Readonly<Record<string, readonly BotStep[]>>
  /** Words that stand for a payload, in lower case: a Labb Chat Hook passes on nothing but the words. */
  readonly words: Readonly<Record<string, string>>
  readonly unknown: readonly BotStep[]
}

const say = (text: string): readonly BotStep[] => [{ do: 'typing' }, { do: 'send', body: { type: 'text', text } }]
const send = (body: WireBody): BotStep => ({ do: 'send', body })

export const MENU: WireBody = {
  type: 'menu',
  title: 'What can I do for you?',
  items: [
    { text: 'Opening hours', payload: 'opening-hours' },
    { text: 'Where is my order?', payload: 'order' },
    { text: 'Talk to a person', payload: 'person' }
  ]
}

/** No source says what is inside a carousel; this is as other chat APIs have it. */
export function plantCarousel(url: string): WireBody {
  const plant = (name: string, title: string, subtitle: string): WireBody => ({
    title,
    subtitle,
    image_url: `${url}/pictures/${name}.svg`,
    actions: [
      { text: 'How to care for it', payload: `care-${name}` },
      { text: 'Open its page', url: `${url}/plants/${name}` }
    ]
  })
  return {
    type: 'carousel',
    title: 'Fresh in this week',
    items: [
      plant('fern', 'Hart’s-tongue fern', 'For a shady corner'),
      plant('lavender', 'Lavender', 'Likes it dry and sunny'),
      plant('tomato', 'Tomato seedling', 'Ready to be planted out')
    ]
  }
}

export const orderLink = (url: string): WireBody => ({
  type: 'link_button',
  title: 'Your order is on its way. The van comes tomorrow morning.',
  label: 'Follow the order',
  url: `${url}/orders/latest`
})

export const careSheet = (url: string): WireBody => ({ type: 'text', text: 'Here is the care sheet.', attachments: [{ url: `${url}/files/care-sheet.txt` }] })

/** Its unit is in no source, so it is said in words. */
export const waitTime = (minutes: number): WireBody => ({ type: 'wait_time', waitTime: minutes === 1 ? '1 minute' : `${minutes} minutes` })

export function shopScript(url: string): BotScript {
  const care = (text: string): readonly BotStep[] => [...say(text), send(MENU)]
  return {
    greeting: [...say('Hello {name}, this is the assistant of Larch & Loam.'), send(MENU)],
    answers: {
      'opening-hours': [...say('We are open from Monday to Saturday, 9 to 18 o’clock.'), send(plantCarousel(url))],
      plants: [{ do: 'typing' }, send(plantCarousel(url))],
      order: [{ do: 'typing' }, send(orderLink(url))],
      person: [
        ...say('One moment, I am asking somebody from the nursery.'),
        send(waitTime(2)),
        { do: 'hand-over', greeting: 'Hello {name}, Robin here. What can I do for you?' }
      ],
      'care-fern': care('Keep the soil moist, and the midday sun away.'),
      'care-lavender': care('Water it seldom, and cut it back after it has flowered.'),
      'care-tomato': care('Water the soil, not the leaves, and pinch out the side shoots.')
    },
    words: {
      'opening hours': 'opening-hours',
      'where is my order?': 'order',
      'talk to a person': 'person',
      plants: 'plants'
    },
    unknown: [...say('I am sorry, I did not understand that.'), send(MENU)]
  }
}
