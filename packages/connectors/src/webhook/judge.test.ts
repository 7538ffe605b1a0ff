import { expect, test } from 'vitest'
import { judge, retryAfterMs } from './judge.js'

const NOW = Date.UTC(2030, 5, 1, 12)
const answered = (status: number, text = '', headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  ({ kind: 'answered', status, text, headers: new Headers(headers) }) as const
const said = (reply: Parameters<typeof judge>[0]) => judge(reply, 'Fern', NOW)
const fault = (retry: boolean, words: string, why: string) => ({ kind: 'fault', retry, said: words, why })
const SHOWN = 'Fern gave an answer that cannot be shown.'
const TAKE = 'Fern did not take this.'

test.each([
  ['200 with an answer', answered(200, '{"messages":[{"text":"x"}]}'), { kind: 'taken', answer: { messages: [{ parts: [{ kind: 'text', text: 'x' }] }] } }],
  ['201 with an answer', answered(201, '{}'), { kind: 'taken', answer: { messages: [] } }],
  ['202 with whatever', answered(202, '<p>queued</p>'), { kind: 'taken', answer: null }],
  ['204', answered(204), { kind: 'taken', answer: null }],
  ['200 without a word', answered(200, ' \n', {}), { kind: 'taken', answer: null }],
  ['200 in HTML', answered(200, '<p>hello</p>', { 'content-type': 'text/html' }), fault(false, SHOWN, 'the answer is not JSON')],
  [
    'a stream',
    answered(200, 'data: {}\n\n', { 'content-type': 'text/event-stream; charset=utf-8' }),
    fault(false, SHOWN, 'the answer is a stream, which is not supported yet: answer with JSON')
  ],
  [
    'a stream of lines',
    answered(200, '{}\n{}\n', { 'content-type': 'application/x-ndjson' }),
    fault(false, SHOWN, 'the answer is a stream, which is not supported yet: answer with JSON')
  ],
  [
    'a bad part',
    answered(200, '{"messages":[{"parts":[{"kind":"link","url":"x"}]}]}'),
    fault(false, SHOWN, '"messages.0.parts.0.url" is not as wanted: not a web address')
  ],
  ['too large an answer', { kind: 'tooLarge', status: 200 } as const, fault(false, SHOWN, 'the answer has more than 524288 bytes')],
  ['a redirect', answered(302), fault(false, TAKE, 'the address leads elsewhere (302), and redirects are not followed')],
  ['a redirect as a browser shows it', answered(0), fault(false, TAKE, 'the address leads elsewhere (0), and redirects are not followed')],
  ['400', answered(400), fault(false, TAKE, 'status 400')],
  ['401', answered(401), fault(false, TAKE, 'status 401')],
  ['410', answered(410), fault(false, TAKE, 'status 410')],
  ['429 with a time', answered(429, '', { 'retry-after': '7' }), { ...fault(true, 'Fern has too much to do at the moment.', 'status 429'), retryInMs: 7_000 }],
  [
    '503 with a date',
    answered(503, '', { 'retry-after': 'Sat, 01 Jun 2030 12:00:09 GMT' }),
    { ...fault(true, 'Fern has too much to do at the moment.', 'status 503'), retryInMs: 9_000 }
  ],
  ['500', answered(500, '{"messages":[{"text":"x"}]}'), fault(true, 'Fern has a fault of its own (500).', 'status 500')],
  ['no connection', { kind: 'unreachable' } as const, fault(true, 'Fern cannot be reached at the moment.', 'no connection, or it broke')],
  ['no answer', { kind: 'timedOut' } as const, fault(true, 'Fern did not answer in time.', 'no whole answer within timeoutMs')]
])('%s', (_what, reply, judgement) => {
  expect(said(reply)).toEqual(judgement)
})

test('a wait is seconds or a date, never negative and never longer than ten minutes', () => {
  expect(
    [null, '', 'soon', '-1', '1.5', '86400', 'Sat, 01 Jun 2030 11:00:00 GMT', 'Sun, 02 Jun 2030 12:00:00 GMT'].map((header) => retryAfterMs(header, NOW))
  ).toEqual([undefined, undefined, undefined, undefined, undefined, 600_000, 0, 600_000])
})
