// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { systemEnvironment } from './environment.js'

test('the page’s signals are told, until nobody listens any more', () => {
  const told: string[] = []
  const stop = systemEnvironment().listen((signal) => told.push(signal))
  let visibility = 'hidden'
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility })
  const all = () => {
    for (const type of ['offline', 'online', 'pageshow']) window.dispatchEvent(new Event(type))
    document.dispatchEvent(new Event('visibilitychange'))
  }
  all()
  visibility = 'visible'
  all()
  stop()
  all()
  expect(told).toEqual(['networkLost', 'networkBack', 'wake', 'networkLost', 'networkBack', 'wake', 'wake'])
})
