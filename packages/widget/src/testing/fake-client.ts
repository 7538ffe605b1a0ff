import { atom, type WritableAtom } from 'nanostores'
import type { CommandSpec, Completion, LinkState, MessageId, Participant, ParticipantId, Part, RunId, RunState } from '@parley/protocol'
import type { Chat, Client, CommandItem, ConnectionStatus, LinkItem, MessageItem, NoticeItem, PageCommand, ResultItem, Sent, TimelineItem } from '@parley/sdk'

/** A client that does nothing but remember what it was asked. Tests only. */
export type FakeClient = Client & {
  readonly conversation: Chat & {
    readonly $timeline: WritableAtom<readonly TimelineItem[]>
    readonly $commands: WritableAtom<readonly CommandSpec[]>
    readonly $inboxCommands: WritableAtom<readonly CommandSpec[]>
    readonly $unread: WritableAtom<number>
    readonly $status: WritableAtom<'open' | 'closed'>
    readonly $hasEarlier: WritableAtom<boolean>
    readonly $isSaved: WritableAtom<boolean>
    readonly $draft: WritableAtom<string>
    readonly $participants: WritableAtom<readonly Participant[]>
    readonly $typing: WritableAtom<readonly Participant[]>
  }
  readonly $connection: WritableAtom<ConnectionStatus>
  /** Every call that has an effect, in order. */
  readonly calls: unknown[][]
  /** What `send` does; by default it settles. */
  onSend: (line: string) => Promise<Sent>
  /** What `run` does; by default it settles. */
  onRun: () => Promise<Sent>
  /** What `complete` brings. */
  completions: readonly Completion[]
}

export const bot = { id: 'participant-bot-000000' as ParticipantId, role: 'bot' } as const
export const visitor = { id: 'participant-me-0000000' as ParticipantId, role: 'visitor' } as const
const SENT: Sent = { seq: 1, at: '2026-03-01T10:00:00.000Z', messageId: 'message-000000' as MessageId }

export function fakeClient(items: readonly TimelineItem[] = [], commands: readonly CommandSpec[] = []): FakeClient {
  const calls: unknown[][] = []
  const note = <Result>(result: Result, ...call: unknown[]): Result => {
    calls.push(call)
    return result
  }
  const $draft = atom('')
  const conversation = {
    $timeline: atom(items),
    $status: atom<'open' | 'closed'>('open'),
    $participants: atom<readonly Participant[]>([{ ...bot, name: 'Flow bot' }]),
    $commands: atom(commands),
    $inboxCommands: atom(commands),
    $unread: atom(0),
    $typing: atom<readonly Participant[]>([]),
    $hasEarlier: atom(false),
    $draft,
    $isSaved: atom(true),
    setDraft: (text: string) => $draft.set(text),
    send: (line: string) => note(client.onSend(line), 'send', line),
    run: (command: string, args: unknown, options?: unknown) => note(client.onRun(), 'run', command, args, ...(options ? [options] : [])),
    complete: async (command: string, argument: string, text: string) => note(client.completions, 'complete', command, argument, text),
    answer: async (id: string, value: string, label?: string) => note(SENT, 'answer', id, value, label),
    cancel: async (run: string) => note(undefined, 'cancel', run),
    retry: async (key: string) => note(SENT, 'retry', key),
    discard: async (key: string) => note(undefined, 'discard', key),
    end: async () => note(undefined, 'end'),
    begin: async () => note(undefined, 'begin'),
    setTyping: () => note(undefined, 'setTyping'),
    markRead: () => note(undefined, 'markRead'),
    loadEarlier: async () => note(false, 'loadEarlier')
  }
  const client: FakeClient = {
    calls,
    onSend: async () => SENT,
    onRun: async () => SENT,
    completions: [],
    isDurable: true,
    $connection: atom<ConnectionStatus>({ state: 'idle', attempt: 0, retryInMs: null, error: null }),
    conversation,
    commands: { register: (command: PageCommand) => note(() => void calls.push(['unregister', command.name]), 'register', command.name) },
    connect: async () => {
      calls.push(['connect'])
      client.$connection.set({ state: 'online', attempt: 0, retryInMs: null, error: null })
    },
    on: () => () => undefined,
    identify: async (token: string) => note(undefined, 'identify', token),
    counters: () => ({ duplicatesDropped: 0, gapsFilled: 0, orderViolations: 0, digestMismatches: 0, resumes: 0, resumeMs: null, outboxAgeMs: 0 }),
    close: () => void calls.push(['close']),
    reset: async () => void calls.push(['reset'])
  }
  return client
}

let count = 0
const base = (isMine: boolean) => ({ key: `key-${++count}`, seq: count, author: isMine ? visitor : bot, isMine, at: '2026-03-01T10:00:00.000Z' })

export const messageItem = (parts: readonly Part[] | string, more: Partial<MessageItem> = {}): MessageItem => ({
  ...base(more.isMine ?? false),
  kind: 'message',
  parts: typeof parts === 'string' ? [{ kind: 'text', text: parts }] : parts,
  status: 'sent',
  error: null,
  answer: null,
  undelivered: null,
  isSentAgain: false,
  about: null,
  ...more
})

export const runState = (status: RunState['status'], more: Partial<RunState> = {}): RunState => ({
  run: 'run-1' as RunId,
  command: 'run-flow',
  args: {},
  by: visitor,
  status,
  ...more
})
export const commandItem = (run: RunState | null, more: Partial<CommandItem> = {}): CommandItem => ({
  ...base(true),
  kind: 'command',
  line: '/run-flow 1',
  status: 'sent',
  error: null,
  run,
  ...more
})
export const resultItem = (outcome: ResultItem['outcome'], more: Partial<ResultItem> = {}): ResultItem => ({
  ...base(false),
  kind: 'result',
  run: 'run-1' as RunId,
  line: '/run-flow 1',
  outcome,
  again: null,
  answer: null,
  ...more
})
export const noticeItem = (notice: NoticeItem['notice']): NoticeItem => ({ ...base(false), kind: 'notice', notice })
export const linkItem = (status: LinkState['status'], more: Partial<LinkState> = {}): LinkItem => ({
  ...base(false),
  kind: 'link',
  link: {
    link: 'link-1' as LinkState['link'],
    partner: 'github',
    url: 'https://chat.example.com/accounts/github/start',
    code: 'K7Q-4MT',
    status,
    requestedAt: '2026-03-01T10:00:00.000Z',
    expiresInS: 600,
    ...more
  }
})
