/** What one side may ask of the other. Sources: `README.md` rules 20 to 22. */
export const LIMITS = {
  /** A whole frame, serialised. Socket.IO's own default of 1 MB is far too much for a chat. */
  frameBytes: 65_536,
  /** Type and body of one message, as UTF-8 JSON. */
  bodyBytes: 32_768,
  /** Appends per second and connection, in the long run … */
  messagesPerSecond: 20,
  /** … and in one burst. */
  burst: 40,
  /** Events in one `events` frame. */
  pageEvents: 200,
  /** Bytes in one `events` frame. */
  pageBytes: 262_144,
  /** Appends of one client under way at a time. */
  windowSize: 8,
  /** How deep foreign JSON may nest. */
  depth: 32,
  /** How many values foreign JSON may hold in all: a client's frame, or one row. */
  values: 5_000,
  /** … and a whole page of rows. */
  pageValues: 200_000,
  /** Conversations in one `hello`. */
  conversations: 20,
  /** Conversations that one message may have been sent to before. */
  formerConversations: 8,
  /** Messages that a leaving page may send without a line. */
  lastAppends: 20,
  /** Rows that one `check` may compare. */
  checkRows: 200,
  /** Characters in a command's line. */
  commandCharacters: 4_000,
  /** Visitors' tokens live this long, in seconds. */
  tokenSeconds: 900
} as const

/** Values that one `complete` brings, for at most so many characters typed. By themselves: whoever bundles takes the numbers alone. */
export const COMPLETE_VALUES = 20
export const COMPLETE_CHARACTERS = 200

/** The limits a gateway tells its clients in `welcome`. */
export type ClientLimits = { readonly bodyBytes: number; readonly messagesPerSecond: number; readonly burst: number; readonly windowSize: number }
