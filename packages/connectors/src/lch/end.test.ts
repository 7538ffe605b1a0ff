import { describe, expect, test } from 'vitest'
import { END, five, setUp } from './fixtures/started.js'

describe('the end', () => {
  test('of a conversation is told once, and only where something was said', async () => {
    const { clock, port, hook, stop, deliver } = await setUp()
    const closed = port.deliveryOf('conversation.closed', { reason: 'ended' })
    await deliver(closed)
    expect(hook.sent).toEqual([])
    const hello = port.say('Hello')
    await deliver(hello)
    await clock.advance(1_500)
    await deliver(port.deliveryOf('conversation.closed', { reason: 'ended' }, { conversation: hello.conversation }))
    await stop()
    expect([hook.sent.slice(1), hook.isClosed()]).toEqual([[END], true])
  })

  test('of a conversation waits for the line, and is the engine’s again until it was sent', async () => {
    const { clock, port, hook, stop, deliver } = await setUp({ comesUp: false })
    hook.up()
    const hello = port.say('Hello')
    await deliver(hello)
    await clock.advance(1_500)
    hook.down()
    const closed = port.deliveryOf('conversation.closed', { reason: 'ended' }, { conversation: hello.conversation })
    const one = await deliver(closed)
    const before = one.outcome
    await clock.advance(60_000)
    expect([before, one]).toEqual(['under way', { outcome: { message: 'There is no connection to the chat’s server.', retry: true }, wasMarked: false }])
    const two = await deliver(closed)
    hook.up()
    await clock.advance(0)
    expect([two.outcome, hook.sent.slice(1)]).toEqual(['taken', [END]])
    await stop()
    expect(hook.sent.slice(1)).toEqual([END])
  })

  test('that comes after the next conversation has begun would end that one: it is not told, but logged', async () => {
    const { clock, port, hook, stop, deliver, conversationOf } = await setUp()
    const hello = port.say('Hello')
    await deliver(hello)
    await clock.advance(1_500)
    const next = port.say('Next', { conversation: 'n'.repeat(22) })
    await deliver(next)
    await clock.advance(1_500)
    const late = await deliver(port.deliveryOf('conversation.closed', { reason: 'ended' }, { conversation: conversationOf(hello) }))
    const logged = {
      level: 'warn',
      fields: { inbox: 'page', conversation: conversationOf(hello) },
      text: 'the next conversation had begun before the hook knew of this end'
    }
    expect([late.outcome, hook.sent, port.logged]).toEqual(['taken', [five('Hello', hello), five('Next', next)], [logged]])
    await stop()
  })

  test('that cannot be told, because there is no line any more, is logged', async () => {
    const { clock, port, hook, stop, deliver } = await setUp({ comesUp: false })
    hook.up()
    await deliver(port.say('Hello'))
    await clock.advance(1_500)
    hook.down()
    await stop()
    expect([hook.sent.length, port.logged.at(-1)]).toEqual([
      1,
      expect.objectContaining({ level: 'warn', text: 'the hook could not be told that the visitor has left' })
    ])
  })

  test('of the page’s chat is told, because nobody can come back to it', async () => {
    const { clock, port, hook, stop, deliver } = await setUp()
    await deliver(port.say('Hello'))
    await clock.advance(1_500)
    await stop()
    expect([hook.sent.at(-1), hook.isClosed()]).toEqual([END, true])
  })
})
