/** What the receiver of an error should do: try again by itself, fetch a new token, read the log first, or stop. */
export type Reaction = 'retry' | 'renew' | 'reread' | 'stop'
type ErrorRow = { readonly then: Reaction; readonly fix: string }

/** Every error of the wire and of the SDK, one row each; the codes are derived from the rows. */
export const ERRORS = {
  'auth.missing': { then: 'stop', fix: 'Fetch a token from POST /session.' },
  'auth.expired': { then: 'renew', fix: 'Fetch a token from POST /session.' },
  'auth.invalid': { then: 'renew', fix: 'Fetch a token from POST /session.' },
  'auth.forbidden': { then: 'stop', fix: 'Ask only for conversations of this visitor.' },
  'origin.refused': { then: 'stop', fix: 'Add the exact origin of the page to "origins" of the gateway.' },
  'inbox.unknown': { then: 'stop', fix: 'Name an inbox that the gateway has.' },
  'version.unsupported': { then: 'stop', fix: 'Load a client of a version that the gateway serves.' },
  'frame.malformed': { then: 'stop', fix: 'Send frames as the protocol describes them.' },
  'frame.tooLarge': { then: 'stop', fix: 'Keep a frame under 64 KiB.' },
  'append.gap': { then: 'retry', fix: 'Send the message numbered "expected" first.' },
  'append.conflict': { then: 'reread', fix: 'Read the log, then send what is absent as a new device.' },
  'append.invalid': { then: 'stop', fix: 'Append only what the protocol allows a visitor.' },
  'append.tooLarge': { then: 'stop', fix: 'Send it in pieces under 32 KiB.' },
  'append.busy': { then: 'retry', fix: 'Wait; the SDK tries again by itself.' },
  'append.discarded': { then: 'stop', fix: 'Send it again as a new message.' },
  'append.unknown': { then: 'stop', fix: 'See whether it was answered; send it again or discard it.' },
  'conversation.unknown': { then: 'renew', fix: 'Open a conversation with POST /session.' },
  'conversation.closed': { then: 'stop', fix: 'Begin a new conversation.' },
  'end.unsupported': { then: 'stop', fix: 'Update the gateway.' },
  'command.unknown': { then: 'stop', fix: 'Type / to see the commands there are.' },
  'command.invalid': { then: 'stop', fix: 'Give the arguments the command asks for.' },
  'command.forbidden': { then: 'stop', fix: 'Sign in as somebody who may.' },
  'log.differs': { then: 'reread', fix: 'Read the log anew; the SDK does so by itself.' },
  'identity.invalid': { then: 'stop', fix: 'Sign the token with the secret under "identity" in the gateway configuration.' },
  'identity.expired': { then: 'renew', fix: 'Return a fresh token from getToken().' },
  'identity.unsupported': { then: 'stop', fix: 'Add "identity" to the gateway configuration.' },
  'identity.required': { then: 'renew', fix: 'Call identify(), or return a token from getToken().' },
  'run.unknown': { then: 'stop', fix: 'Name a run of this conversation.' },
  'run.ended': { then: 'stop', fix: 'Start the command again.' },
  'host.elsewhere': { then: 'retry', fix: 'Use the tab in which the chat is open, or close it there.' },
  'gateway.unavailable': { then: 'retry', fix: 'Wait; the SDK tries again by itself.' },
  'client.closed': { then: 'stop', fix: 'Create a new client.' },
  'option.invalid': { then: 'stop', fix: 'Correct the option that the message names.' }
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/** An error as it travels. `text` says what happened to this one case, for people. */
export type WireError = { readonly code: ErrorCode; readonly text?: string; readonly retryInMs?: number; readonly expected?: number }

/** Text or anything: is it one of our codes? Foreign codes become `frame.malformed` at the edges. */
export const isErrorCode = (value: unknown): value is ErrorCode => typeof value === 'string' && Object.hasOwn(ERRORS, value)

/**
 * The one error class. `message` says what happened, `fix` what to do, `cause` what lay beneath.
 * Recognise it with `ParleyError.is(x)`: a page may hold two copies of this package.
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError'
  readonly code: ErrorCode
  readonly fix: string
  readonly retryInMs: number | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryInMs?: number } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.fix = ERRORS[code].fix
    this.retryInMs = options.retryInMs
  }

  static is(value: unknown): value is ParleyError {
    return value instanceof Error && value.name === 'ParleyError' && isErrorCode((value as { code?: unknown }).code)
  }

  /** The error that a frame carried, as one to throw. */
  static fromWire(error: WireError): ParleyError {
    return new ParleyError(error.code, error.text ?? ERRORS[error.code].fix, error.retryInMs === undefined ? {} : { retryInMs: error.retryInMs })
  }
}
