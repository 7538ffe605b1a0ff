import { describe, expect, test } from 'vitest'
import { ParleyError, type RunId } from '@parley/protocol'
import type { ConnectionState, TimelineItem } from '@parley/sdk'
import { arrange, bannerOf, explain, isInTranscript, phaseOf, titleOf } from './model.js'
import { english } from './strings.js'
import { bot, commandItem, linkItem, messageItem, noticeItem, resultItem, runState, visitor } from './testing/fake-client.js'
import { drawnAfter, startPlace } from './use-sticky-end.js'

const status = (state: ConnectionState, attempt = 0) => ({ state, attempt, retryInMs: null, error: null })
const FINISHED = { state: 'finished', parts: [], late: false } as const

describe('what the views decide', () => {
  test('words of one author within five minutes are one group, and a new day begins with a separator', () => {
    const at = (day: string, time: string) => ({ at: `2026-03-${day}T${time}:00.000` })
    const rows = arrange([
      messageItem('a', at('01', '10:00')),
      messageItem('b', at('01', '10:04')),
      messageItem('c', at('01', '10:20')),
      messageItem('d', { ...at('01', '10:21'), isMine: true }),
      messageItem('e', { ...at('02', '09:00'), isMine: true })
    ])
    expect(rows.map(({ day, isFirst, isLast }) => [day, isFirst, isLast])).toEqual([
      ['2026-03-01T10:00:00.000', true, false],
      [null, false, true],
      [null, true, true],
      [null, true, true],
      ['2026-03-02T09:00:00.000', true, true]
    ])
  })

  test('a pending message begins no new day', () => {
    expect(arrange([messageItem('a', { at: null, isMine: true })]).map((row) => row.day)).toEqual([null])
  })

  test('a result right below its own command needs no caption, any other does', () => {
    const rows = arrange([
      commandItem(runState('finished')),
      resultItem(FINISHED),
      commandItem(runState('finished', { run: 'run-2' as RunId })),
      resultItem(FINISHED)
    ])
    expect(rows.map((row) => row.isBelowCommand)).toEqual([false, true, false, false])
  })

  test('what the card right before it says is no notice as well; further down it is one', () => {
    const kinds = (...items: TimelineItem[]) => arrange(items).map((row) => row.item.kind)
    const linked = noticeItem({ kind: 'linked', partner: 'github' })
    expect([
      kinds(linkItem('completed'), linked, messageItem('a')),
      kinds(linkItem('completed'), messageItem('a'), linked),
      kinds(linkItem('completed', { partner: 'other' }), linked),
      kinds(linkItem('completed'), noticeItem({ kind: 'closed', reason: '' }))
    ]).toEqual([
      ['link', 'message'],
      ['link', 'message', 'notice'],
      ['link', 'notice'],
      ['link', 'notice']
    ])
  })

  test('people are named before machines', () => {
    const machine = { ...bot, name: 'Bot' }
    const person = { id: visitor.id, role: 'agent', name: 'Anna' } as const
    expect([titleOf([], english), titleOf([machine], english), titleOf([machine, person], english)]).toEqual(['Chat', 'Bot', 'Anna'])
  })

  test('the banner is honest, and silent while all is well', () => {
    const all = [
      status('idle'),
      status('connecting', 1),
      status('online'),
      status('connecting', 2),
      status('waiting', 1),
      status('offline'),
      { ...status('closed'), error: new ParleyError('origin.refused', 'This page may not use the chat.') }
    ]
    const told = all.map((one) => [phaseOf(one, false), bannerOf(phaseOf(one, false), one.error, true, english)])
    expect(told).toEqual([
      ['connecting', ''],
      ['connecting', ''],
      ['online', ''],
      ['reconnecting', english.reconnectingBanner],
      ['reconnecting', english.reconnectingBanner],
      ['offline', 'You are offline. Your messages are kept in this browser and sent when you are back.'],
      ['closed', 'This chat is closed. This page may not use the chat.']
    ])
    expect(phaseOf(status('connecting', 1), true)).toBe('reconnecting')
    expect(bannerOf('offline', null, false, english)).toBe('You are offline. This browser keeps nothing, so leave this page open until your messages are sent.')
  })

  test('who has to sign in first is told so, and not that the line is gone', () => {
    const error = new ParleyError('identity.required', 'Sign in to use this chat.')
    const waiting = { state: 'waiting', attempt: 1, retryInMs: 900, error } as const
    expect(bannerOf(phaseOf(waiting, false), error, true, english)).toBe('Sign in to use this chat.')
  })

  test('who has the chat open in another tab is told so', () => {
    const error = new ParleyError('host.elsewhere', 'This chat is open in another tab.')
    const waiting = { state: 'waiting', attempt: 1, retryInMs: 900, error } as const
    expect(bannerOf(phaseOf(waiting, false), error, false, english)).toBe('This chat is open in another tab.')
  })

  test('an error of ours is told in its own words, any other in general ones', () => {
    expect([explain(new ParleyError('command.unknown', 'There is no command /x.'), english), explain(new TypeError('x is not a function'), english)]).toEqual([
      'There is no command /x.',
      'Something went wrong. Please try again.'
    ])
  })

  test('a refused line belongs to the transcript only if it got an entry there', () => {
    const old = messageItem('a', { isMine: true, status: 'failed' })
    const fresh = messageItem('b', { isMine: true, status: 'failed' })
    expect([isInTranscript([old], new Set([old.key])), isInTranscript([old, fresh], new Set([old.key]))]).toEqual([false, true])
  })
})

describe('how much of a long conversation is drawn', () => {
  const items = Array.from({ length: 500 }, (_, index) => messageItem(String(index)))
  const last = items.at(-1)?.key ?? ''

  test('sixty at first; for a reader who has scrolled up, as many more as come', () => {
    const reading = { ...startPlace(), isAtEnd: false, count: 500, last }
    expect([drawnAfter(startPlace(), items), drawnAfter(reading, items), drawnAfter(reading, [...items, messageItem('new'), messageItem('newer')])]).toEqual([
      60, 60, 62
    ])
  })

  test('older items that were loaded do not push, and at the end a long list is cut again', () => {
    const reading = { ...startPlace(), isAtEnd: false, count: 500, last, drawn: 600 }
    expect([drawnAfter(reading, [messageItem('old'), ...items]), drawnAfter({ ...reading, isAtEnd: true }, [...items, messageItem('new')])]).toEqual([600, 60])
  })
})
