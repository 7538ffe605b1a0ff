import { scriptConnector } from '@parley/connectors/script'
import { createFakeClock, createFakePort } from '@parley/engine/contracts'
import { expect, test } from 'vitest'
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
