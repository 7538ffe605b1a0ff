import { expect, test } from 'vitest'
import { ERRORS, isErrorCode, ParleyError } from './error.js'

test('an error of another copy of the package is recognised, a stranger with the same name is not', () => {
  const copy = Object.assign(new Error('x'), { name: 'ParleyError', code: 'append.busy' })
  const stranger = Object.assign(new Error('x'), { name: 'ParleyError', code: 'toString' })
  expect([ParleyError.is(new ParleyError('append.busy', 'x')), ParleyError.is(copy), ParleyError.is(stranger), ParleyError.is({})]).toEqual([
    true,
    true,
    false,
    false
  ])
})

test('every code says in plain words what to do', () => {
  for (const [code, row] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[a-z]+\.[a-zA-Z]+$/)
    expect(row.fix).toMatch(/^[A-Z].*\.$/)
  }
})

test('what every object has is no code', () => {
  expect(['toString', 'constructor', 7, null].filter(isErrorCode)).toEqual([])
})

test('an error off the wire keeps code, text and wait', () => {
  expect(ParleyError.fromWire({ code: 'append.busy', retryInMs: 50 })).toMatchObject({ code: 'append.busy', retryInMs: 50, fix: ERRORS['append.busy'].fix })
})
