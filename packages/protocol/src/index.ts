export { PROTOCOL_VERSION } from './version.js'
export { idFromBytes, MESSAGE_ID, RANDOM_ID } from './id.js'
export type { ConversationId, DeviceId, Epoch, LinkId, MessageId, ParticipantId, RunId } from './id.js'
export type { Author, Participant, Role } from './participant.js'
export { PART_KINDS } from './part.js'
export type {
  Card,
  CardAction,
  CardsPart,
  CardTone,
  ChoicesPart,
  DataPart,
  FilePart,
  Json,
  LinkPart,
  Part,
  SignInPart,
  TextPart,
  UnknownPart
} from './part.js'
export type { Arguments, ArgumentValue } from './argument-value.js'
export { VISITOR_TYPES } from './event.js'
export type {
  Draft,
  DraftBodies,
  EventBodies,
  EventOf,
  EventType,
  KnownEvent,
  LogName,
  ParleyEvent,
  RunFailure,
  UnknownEvent,
  VisitorType
} from './event.js'
export { ERRORS, isErrorCode, ParleyError } from './error.js'
export type { ErrorCode, Reaction, WireError } from './error.js'
export { COMPLETE_CHARACTERS, COMPLETE_VALUES, LIMITS } from './limits.js'
export type { ClientLimits } from './limits.js'
export type { Signal } from './signal.js'
export type {
  Ack,
  Append,
  AppendAck,
  Check,
  ClientFrameName,
  ClientFrames,
  Complete,
  CompleteAck,
  Completion,
  Drain,
  Events,
  Feature,
  Hello,
  Invoke,
  LastAppends,
  LastAppendsAnswer,
  Read,
  Receipt,
  Refuse,
  Seen,
  ServerFrame,
  ServerFrameName,
  ServerFrames,
  SessionAnswer,
  SessionRequest,
  SignalFrame,
  Standing,
  Welcome,
  WelcomeConversation
} from './frame.js'
export type { ClientHost, OpenTransport, Transport, TransportEnd, TransportEvents } from './transport.js'
export { COMMAND_NAME } from './command.js'
export type { ArgumentSpec, CommandSpec } from './command.js'
export { argumentHint, commandUsage, readLine, splitWords } from './command-line.js'
export type { Line } from './command-line.js'
export { argumentsFromWords, checkArguments } from './command-arguments.js'
export type { Checked } from './command-arguments.js'
export { applyEvent, applyEvents, emptyConversation } from './conversation.js'
export type {
  Conversation,
  Entry,
  LinkEntry,
  LinkState,
  MessageEntry,
  Notice,
  NoticeEntry,
  ResultEntry,
  RunEntry,
  RunOutcome,
  RunState,
  Undelivered
} from './conversation.js'
export { findForeignFault } from './foreign.js'
export { digestRows } from './row-digest.js'
export { safeLink, safeSource } from './safe-url.js'
