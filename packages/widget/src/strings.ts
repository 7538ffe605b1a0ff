import { loaderWords } from './loader/words.js'

/** The English words of the window itself, in one table; those of results and cards are in `rich/words.ts`. */
export const english = {
  chat: 'Chat',
  openChat: loaderWords.openChat,
  closeChat: 'Close chat',
  unread: (count: number) => (count === 1 ? '1 unread message' : `${count} unread messages`),
  messages: 'Messages',
  message: 'Message',
  placeholder: 'Write a message',
  send: 'Send',
  commands: 'Commands',
  showCommands: 'Show commands',
  found: (count: number) => (count === 0 ? '' : count === 1 ? '1 suggestion' : `${count} suggestions`),
  empty: 'How can we help?',
  emptyHint: 'Write a message, or type / to see what this chat can do.',
  loading: 'Loading…',
  newMessages: 'New messages',
  today: 'Today',
  yesterday: 'Yesterday',
  you: 'You',
  assistant: 'Assistant',
  agent: 'Agent',
  sending: 'Sending…',
  delivered: 'Delivered',
  notSent: 'Not sent',
  retry: 'Retry',
  online: 'Online',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  offline: 'Offline',
  closed: 'Closed',
  notSaved: 'Not saved yet',
  waiting: 'Waiting to be sent',
  reconnectingBanner: 'Reconnecting… your messages are kept and will be sent.',
  offlineBanner: 'You are offline. Your messages are kept in this browser and sent when you are back.',
  offlineUnsaved: 'You are offline.',
  unsavedBanner: 'This browser keeps nothing, so leave this page open until your messages are sent.',
  closedBanner: 'This chat is closed.',
  tryNow: 'Try now',
  unknownProblem: 'Something went wrong. Please try again.'
} as const

type Widen<Value> = Value extends string ? string : Value
export type Strings = { readonly [Key in keyof typeof english]: Widen<(typeof english)[Key]> }
