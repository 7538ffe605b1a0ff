import { expect, test } from 'vitest'
import { next, TRANSITIONS, type ConnectionInput } from './connection-machine.js'
import type { ConnectionState } from './api.js'

const STATES: readonly ConnectionState[] = ['idle', 'connecting', 'online', 'waiting', 'offline', 'closed']
const INPUTS: readonly ConnectionInput[] = ['start', 'opened', 'lost', 'timer', 'refused', 'networkLost', 'networkBack', 'stop']

test('every pair of state and input is decided, and leads to a state there is', () => {
  const decided = STATES.flatMap((state) => INPUTS.map((input) => [state, input, TRANSITIONS[state][input]] as const))
  expect(decided.filter(([, , to]) => to === undefined)).toEqual([])
  expect(decided.flatMap(([state, input, to]) => (to && !STATES.includes(to) ? [`${state} ${input}`] : []))).toEqual([])
  expect(Object.keys(TRANSITIONS)).toEqual(STATES)
})

test('closed is the end, and stop leads there from everywhere', () => {
  expect(INPUTS.map((input) => next('closed', input))).toEqual(INPUTS.map(() => 'closed'))
  expect(STATES.map((state) => next(state, 'stop'))).toEqual(STATES.map(() => 'closed'))
})

test('only an open line or an attempt can be refused, and only an attempt can come up', () => {
  expect(STATES.filter((state) => TRANSITIONS[state].refused)).toEqual(['connecting', 'online'])
  expect(STATES.filter((state) => TRANSITIONS[state].opened)).toEqual(['connecting'])
})

test('every state but the last can be left for online', () => {
  const reachable = (state: ConnectionState, seen: readonly ConnectionState[] = []): boolean =>
    state === 'online' || (!seen.includes(state) && INPUTS.some((input) => reachable(next(state, input), [...seen, state])))
  expect(STATES.filter((state) => !reachable(state))).toEqual(['closed'])
})
