import type { ScriptSettings } from '@parley/connectors/script'

type Pictures = { readonly rose: string; readonly lavender: string; readonly fern: string; readonly maple: string }
type ShopOptions = {
  /** Addresses of four pictures, one for each plant of the carousel. */
  readonly pictures: Pictures
  /** The inbox whose people take over. */
  readonly handOver: string
}

/** What the garden shop's bot says: a greeting, three ways to go on, a carousel of plants, and a person when one is wanted. */
export function shopScript({ pictures, handOver }: ShopOptions): ScriptSettings {
  return {
    name: 'Larch & Loam',
    greeting: 'welcome',
    fallback: 'lost',
    steps: {
      welcome: {
        say: 'Good day, and welcome to **Larch & Loam**. What can I do for you?',
        choices: [
          { label: 'Show me plants', go: 'plants' },
          { label: 'Delivery and opening hours', go: 'hours' },
          { label: 'Talk to a person', go: 'person' }
        ],
        match: ['hello', 'hi', 'good morning', 'good day', 'start']
      },
      plants: {
        say: 'Four that do well at this time of the year:',
        cards: plantCards(pictures),
        match: ['plant*', 'flower*', 'garden', 'show me plants']
      },
      rose: plant('Roses want six hours of sun and a deep hole. Cut them back in March.', ['rose*']),
      lavender: plant('Lavender likes it dry and poor. Water it twice a week in the first summer, then leave it alone.', ['lavender*']),
      fern: plant('Ferns are happy where nothing else is: in the shade, with moist ground.', ['fern*']),
      maple: plant('A Japanese maple grows slowly and stays small. Keep it out of the wind.', ['maple*', 'tree*']),
      hours: {
        say: [
          'We are open from Monday to Saturday, 9 to 18 o’clock. What you order before noon is delivered on the next working day.',
          { kind: 'link', url: 'https://www.example.com/delivery', title: 'All about delivery' }
        ],
        choices: [
          { label: 'Show me plants', go: 'plants' },
          { label: 'That is all, thank you', go: 'goodbye' }
        ],
        match: ['open', 'opening hours', 'hours', 'deliver*', 'shipping']
      },
      person: {
        say: 'One moment, I will fetch somebody.',
        handOver,
        otherwise: 'Nobody is in the shop at the moment. Ask me, or come back between 9 and 18 o’clock.',
        match: ['person', 'human', 'agent', 'somebody', 'talk to a person', 'help']
      },
      goodbye: { say: 'You are welcome. Have a good day in the garden!', match: ['thank you', 'thanks', 'bye', 'goodbye'] },
      lost: {
        say: 'I am only a small script and did not understand that. Perhaps one of these?',
        choices: [
          { label: 'Show me plants', go: 'plants' },
          { label: 'Delivery and opening hours', go: 'hours' },
          { label: 'Talk to a person', go: 'person' }
        ]
      }
    }
  }
}

const plantCards = (pictures: Pictures) => [
  card('Climbing rose', '€ 18, blooms until October', pictures.rose, 'A pink climbing rose', 'rose'),
  card('Lavender', '€ 6, for bees and for drawers', pictures.lavender, 'A row of lavender', 'lavender'),
  card('Lady fern', '€ 9, for shade', pictures.fern, 'A fern with light green leaves', 'fern'),
  card('Japanese maple', '€ 45, red in autumn', pictures.maple, 'A small maple with red leaves', 'maple')
]

const card = (title: string, text: string, image: string, alt: string, go: string) => ({ title, text, image, alt, actions: [{ label: `About ${title}`, go }] })

const plant = (say: string, match: string[]) => ({
  say,
  choices: [
    { label: 'Back to the plants', go: 'plants' },
    { label: 'Talk to a person', go: 'person' }
  ],
  match
})
