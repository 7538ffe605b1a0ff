import { expect, test } from 'vitest'
import { CONNECTORS } from './index.js'

test('every kind in the registry loads, complains about nonsense by key, and leaves the rest unloaded', async () => {
  for (const load of Object.values(CONNECTORS)) {
    const module = await load()
    expect(module.readConfig({ nonsense: true })).toMatchObject({ ok: false, key: expect.any(String), found: expect.any(String), wanted: expect.any(String) })
  }
  expect(Object.keys(CONNECTORS)).toEqual(expect.arrayContaining(['labb-chat-hook', 'oih', 'pega-dms', 'script', 'webhook']))
})
