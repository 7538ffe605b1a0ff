import { scriptConnector } from '@parley/connectors/script'
import { createFakeClock, createFakePort } from '@parley/engine/contracts'
import { inPage } from '@parley/engine/in-page'
import { createClient } from '@parley/sdk'
import { expect, test, vi } from 'vitest'
import { shopScript } from './shop.js'

const picture = (name: string): string => `https://shop.example.test/${name}.jpg`
const PICTURES = { rose: picture('rose'), lavender: picture('lavender'), fern: picture('fern'), maple: picture('maple') }

test('the shop’s script greets with three choices, shows four plants with their pictures, and every button leads to an answer', async () => {
  const settings = shopScript({ pictures: PICTURES, handOver: 'pega' })
  const port = createFakePort({ clock: createFakeClock(), inbox: 'shop', inboxes: ['pega'] })
  const connector = scriptConnector({ ...settings, thinkMs: 0 })
  await connector.start(port)
  await connector.deliver(port.deliveryOf('conversation.opened', { inbox: 'shop' }))
  const parts = port.recorded.flatMap((recording) => (recording.did === 'append' ? recording.parts : []))
  const choices = parts.flatMap((part) => (part.kind === 'choices' ? part.choices.map(({ value }) => value) : []))
  expect(choices).toEqual(['plants', 'hours', 'person'])

  await connector.deliver(port.say('Show me plants'))
  const shown = port.recorded
    .flatMap((recording) => (recording.did === 'append' ? recording.parts : []))
    .flatMap((part) => (part.kind === 'cards' ? part.cards : []))
  expect(shown.map(({ image }) => image)).toEqual(Object.values(PICTURES))

  for (const [name, step] of Object.entries(settings.steps)) {
    const before = port.recorded.length
    await connector.deliver(port.deliveryOf('answer.given', { to: 'AAAAAAAAAAAAAAAAAAAAAA' as never, value: name }))
    expect(port.recorded.slice(before).map(({ did }) => did)).toEqual(step.handOver ? ['append', 'handOver'] : ['append'])
  }
})

test('the script plays in a page without a server: it greets, understands, and says that nobody can take over', async () => {
  const script = scriptConnector({ ...shopScript({ pictures: PICTURES, handOver: 'pega' }), thinkMs: 0 })
  const client = createClient({ transport: inPage({ connector: script, lock: null }) })
  const chat = client.conversation
  const said = (): readonly string[] =>
    chat.$timeline
      .get()
      .flatMap((item) => (item.kind === 'message' && !item.isMine ? [item.parts.map((part) => ('text' in part ? part.text : part.kind)).join(' + ')] : []))
  await client.connect()
  await vi.waitFor(() => expect(said()).toEqual([expect.stringMatching(/^Good day, and welcome.* \+ choices$/)]))
  const [greeting] = chat.$timeline.get().filter((item) => item.kind === 'message')
  await chat.answer(greeting?.key ?? '', 'plants', 'Show me plants')
  await chat.send('Can I talk to a person?')
  await vi.waitFor(() => expect(said()).toHaveLength(4))
  expect(said().slice(1)).toEqual([
    'Four that do well at this time of the year: + cards',
    'One moment, I will fetch somebody.',
    'Nobody is in the shop at the moment. Ask me, or come back between 9 and 18 o’clock.'
  ])
  client.close()
})
