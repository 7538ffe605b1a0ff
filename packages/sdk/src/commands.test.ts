import { ParleyError, type CommandSpec } from '@parley/protocol'
import { expect, test } from 'vitest'
import type { PageCommand } from './api.js'
import { commandText } from './command-text.js'
import { createCommands } from './commands.js'

const page = (name: string, description = 'Of the page.'): PageCommand => ({ name, description, run: () => 'done' })
const spec = (name: string): CommandSpec => ({ name, description: 'Of the gateway.', args: [] })
const listed = (commands: ReturnType<typeof createCommands>) => commands.$commands.get().map(({ name, description }) => `${name}: ${description}`)

test('built-in, page and gateway commands are one list, by name', () => {
  const commands = createCommands()
  commands.offer([spec('zoo'), spec('agent')])
  const unregister = commands.register(page('order'))
  expect(listed(commands)).toEqual(['agent: Of the gateway.', 'help: Lists the commands there are.', 'order: Of the page.', 'zoo: Of the gateway.'])
  unregister()
  unregister()
  commands.offer([spec('zoo')])
  expect(listed(commands)).toEqual(['help: Lists the commands there are.', 'zoo: Of the gateway.'])
})

test('of the same name the built-in counts before the page’s, and the page’s before the gateway’s, whenever each came', () => {
  const commands = createCommands()
  commands.offer([spec('help'), spec('order')])
  const unregister = commands.register(page('order'))
  commands.offer([spec('help'), spec('order')])
  expect(listed(commands)).toEqual(['help: Lists the commands there are.', 'order: Of the page.'])
  expect([commands.find('order')?.run === null, commands.find('help')?.run === null]).toEqual([false, false])
  unregister()
  expect(commands.find('order')).toEqual({ spec: spec('order'), run: null })
})

test('what the inbox offers is found there, whatever the page or the SDK has under the name', () => {
  const commands = createCommands()
  commands.register(page('order'))
  commands.register(page('mine'))
  commands.offer([spec('help'), spec('order')])
  expect(['help', 'order', 'mine'].map((name) => commands.find(name, 'inbox'))).toEqual([
    { spec: spec('help'), run: null },
    { spec: spec('order'), run: null },
    null
  ])
  expect(commands.$inboxCommands.get()).toEqual([spec('help'), spec('order')])
  commands.offer([])
  expect([commands.find('order', 'inbox'), commands.find('order')?.run === null, commands.$inboxCommands.get()]).toEqual([null, false, []])
})

test('an old unregister does not take a newer command of the same name away', () => {
  const commands = createCommands()
  const first = commands.register(page('order', 'First.'))
  first()
  commands.register(page('order', 'Second.'))
  first()
  expect(commands.find('order')?.spec.description).toBe('Second.')
})

test.each([
  [page('help'), '/help is taken; another name is wanted.'],
  [page('taken'), '/taken is taken; another name is wanted.'],
  [page('Order'), '"Order" is not a command name: a small letter, then small letters, digits and dashes are wanted.'],
  [page('__proto__'), '"__proto__" is not a command name: a small letter, then small letters, digits and dashes are wanted.'],
  [{ ...page('order'), run: 'no' as never }, 'The command /order has no function "run".'],
  [{ ...page('order'), args: [{ name: 'id', type: 'date' as never }] }, expect.stringContaining('The command /order is not as wanted')]
])('%j is refused in words', (command, message) => {
  const commands = createCommands()
  commands.register(page('taken'))
  expect(() => commands.register(command)).toThrow(expect.objectContaining({ code: 'option.invalid', message }))
  expect(() => commands.register(command)).toThrow(ParleyError)
})

test('a command keeps its own "this"', async () => {
  const commands = createCommands()
  const command = {
    ...page('order'),
    answer: 'mine',
    run() {
      return this.answer
    }
  }
  commands.register(command)
  expect(await commands.find('order')?.run?.({})).toBe('mine')
})

test('a command is written as one would type it', () => {
  expect(commandText('run', { id: 'a', note: 'two words', quoted: 'say "hi" now', count: 3, sure: true, rest: ['x', "it's"] })).toBe(
    `/run a "two words" 'say "hi" now' 3 yes x "it's"`
  )
})
