export { createClient } from './client.js'
export type { ClientOptions } from './client-options.js'
export type {
  Chat,
  Client,
  ClientEvents,
  CommandItem,
  CommandRegistry,
  ConnectionState,
  ConnectionStatus,
  LinkItem,
  LocalItem,
  MessageItem,
  NoticeItem,
  PageCommand,
  PageResult,
  ResultItem,
  SendStatus,
  Sent,
  TimelineItem
} from './api.js'
export type { Clock } from './clock.js'
export type { Environment, EnvironmentSignal } from './environment.js'
export type { Counters } from './counters.js'
export type { NewItem, OutboxItem } from './outbox-item.js'
export type { Random } from './random.js'
export type { OpenSession } from './session-request.js'
export { StorageLost } from './storage/contract.js'
export type { OutboxStorage, OutboxStorages, StoredOutbox } from './storage/contract.js'
export type { TabChannel, TabLocks, TabPlatform } from './tabs/platform.js'
export type { LastPost } from './transports/keep-alive.js'
export type { KeyValueStorage } from './storage/visitor-key.js'
export { commandUsage, ParleyError, safeLink } from '@parley/protocol'
export type { Arguments, CommandSpec, ErrorCode, LinkState, Notice, Part, Participant, RunOutcome, RunState } from '@parley/protocol'
