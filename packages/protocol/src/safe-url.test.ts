import { expect, test } from 'vitest'
import { safeLink, safeSource } from './safe-url.js'

test('only web, mail and phone addresses are links, and only the web is a source', () => {
  const addresses = [
    'https://a.example/x',
    'http://a.example',
    'mailto:a@b.example',
    'tel:+491',
    'javascript:1',
    'data:,x',
    '\u0001javascript:1',
    'java\tscript:1',
    'a.example'
  ]
  expect(addresses.filter((address) => safeLink(address))).toEqual(addresses.slice(0, 4))
  expect(addresses.filter((address) => safeSource(address))).toEqual(addresses.slice(0, 2))
})
