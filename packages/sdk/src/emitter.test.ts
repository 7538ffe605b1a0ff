import { expect, test } from 'vitest'
import { createEmitter } from './emitter.js'

test('listeners run in order, one that throws is reported, and one that left is not called', () => {
  const heard: unknown[] = []
  const emitter = createEmitter<{ tick: number; tock: string }>((reason) => heard.push(reason))
  const fault = new Error('mine')
  emitter.on('tick', (count) => heard.push(`first ${count}`))
  emitter.on('tick', () => {
    throw fault
  })
  const off = emitter.on('tick', (count) => heard.push(`last ${count}`))
  expect([emitter.emit('tick', 1), emitter.emit('tock', 'x')]).toEqual([true, false])
  off()
  emitter.emit('tick', 2)
  expect(heard).toEqual(['first 1', fault, 'last 1', 'first 2', fault])
})

test('a listener may leave while it is called, and the others still run', () => {
  const heard: string[] = []
  const emitter = createEmitter<{ tick: null }>(() => {})
  const off = emitter.on('tick', () => {
    heard.push('once')
    off()
  })
  emitter.on('tick', () => heard.push('always'))
  emitter.emit('tick', null)
  emitter.emit('tick', null)
  expect(heard).toEqual(['once', 'always', 'always'])
})
