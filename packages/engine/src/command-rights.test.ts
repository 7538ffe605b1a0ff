import { expect, test } from 'vitest'
import { commandsFor, whyForbidden } from './command-rights.js'
import type { ConnectorCommand } from './connector.js'

const VERBS = {
  name: 'verb',
  type: 'choice' as const,
  required: true,
  choices: ['list', 'start', 'stop'],
  choiceRoles: { start: ['operator', 'admin'], stop: ['admin'] }
}
const FLOW: ConnectorCommand = {
  name: 'flow',
  description: 'Controls flows',
  args: [VERBS, { name: 'flow', type: 'text', completes: true }],
  timeoutMs: 5
}
const AUDIT: ConnectorCommand = { name: 'audit', description: 'Reads the audit log', args: [], roles: ['auditor', 'admin'] }
const ME: ConnectorCommand = { name: 'me', description: 'Who I am', args: [] }
const connector = { commands: [FLOW, AUDIT, ME] }
const shown = (roles: readonly string[]) => commandsFor(connector, roles).map(({ name, args }) => [name, ...(args[0]?.choices ?? [])].join(' '))

test.each([
  [[], ['flow list', 'me']],
  [['stranger'], ['flow list', 'me']],
  [['operator'], ['flow list start', 'me']],
  [
    ['auditor', 'operator'],
    ['flow list start', 'audit', 'me']
  ],
  [['admin'], ['flow list start stop', 'audit', 'me']]
])('with the roles %j a visitor is offered %j', (roles, offered) => {
  expect(shown(roles)).toEqual(offered)
})

test('no role, and nothing else that is the gateway’s alone, is in what is offered', () => {
  expect(commandsFor(connector, ['admin'])[0]).toEqual({
    name: 'flow',
    description: 'Controls flows',
    args: [
      { name: 'verb', type: 'choice', required: true, choices: ['list', 'start', 'stop'] },
      { name: 'flow', type: 'text', completes: true }
    ]
  })
  expect(JSON.stringify(commandsFor(connector, ['admin']))).not.toMatch(/operator|auditor|oles|timeout/)
})

test('a command whose required choices are all for others is not offered; without optional ones it is', () => {
  const only = { ...VERBS, choices: ['stop'] }
  expect(commandsFor({ commands: [{ ...FLOW, args: [only] }] }, [])).toEqual([])
  expect(commandsFor({ commands: [{ ...FLOW, args: [{ ...only, required: false }] }] }, [])).toEqual([
    { name: 'flow', description: 'Controls flows', args: [] }
  ])
})

test('a command for no role at all is for nobody, and one without a word on roles for everybody', () => {
  expect(commandsFor({ commands: [{ ...ME, roles: [] }, ME] }, ['admin'])).toEqual([{ name: 'me', description: 'Who I am', args: [] }])
})

test.each([
  [AUDIT, {}, [], '/audit is for the roles "auditor" or "admin"; you have no role.'],
  [AUDIT, {}, ['operator'], '/audit is for the roles "auditor" or "admin"; you have the role "operator".'],
  [{ ...AUDIT, roles: [] }, {}, ['operator'], '/audit is for nobody; you have the role "operator".'],
  [FLOW, { verb: 'stop' }, ['operator', 'auditor'], '/flow with verb "stop" is for the role "admin"; you have the roles "operator" and "auditor".'],
  [FLOW, { verb: 'start' }, ['operator'], null],
  [FLOW, { verb: 'list' }, [], null],
  [FLOW, { verb: 'toString' }, [], null],
  [FLOW, { verb: ['stop'] }, [], null],
  [ME, {}, [], null]
])('%# why not', (command, args, roles, why) => {
  expect(whyForbidden(command, args, roles)).toBe(why)
})
