import type { Complete, CompleteAck, Completion } from '@parley/protocol'
import { COMPLETE_VALUES } from '@parley/protocol'
import { completion, read } from '@parley/protocol/schemas'
import { offeredCommand, whyForbidden } from './command-rights.js'
import type { CompletionRequest, Connector } from './connector.js'
import { type Host, reasonOf } from './host.js'
import type { Who } from './who.js'

/** Who types waits no longer for a value than this. Source: `README.md` of the protocol, rule 27. */
const COMPLETE_WITHIN_MS = 2_000

const NONE: CompleteAck = { completions: [] }

type Asked = { readonly request: CompletionRequest; readonly answer: (ack: CompleteAck) => void }

export type CompleterParts = { readonly host: Pick<Host, 'clock' | 'log'>; readonly connector: Connector; readonly who: Who }

/**
 * Values for the arguments of one connection's visitor. The idea: the connector is asked one thing at a time. Whoever
 * types on is answered at once that there is nothing for what was typed before, and of what waits only the newest is
 * asked next: however fast somebody types, the outside is not.
 */
export type Completer = (frame: Complete) => Promise<CompleteAck>

export function createCompleter({ host, connector, who }: CompleterParts): Completer {
  const { clock, log } = host
  let underWay: Asked | null = null
  let waiting: Asked | null = null

  async function ask({ request, answer }: Asked): Promise<void> {
    const values = await within(request)
    answer({ completions: values })
    underWay = waiting
    waiting = null
    if (underWay) void ask(underWay)
  }

  /** Settles with what there is in time; never rejects. */
  function within(request: CompletionRequest): Promise<readonly Completion[]> {
    const { command, argument } = request
    const fields = { inbox: who.inbox, command, argument }
    return new Promise((resolve) => {
      const cancel = clock.setTimer(COMPLETE_WITHIN_MS, () => {
        log.warn(fields, 'values for an argument did not come in time')
        resolve([])
      })
      const settle = (values: readonly Completion[]): void => {
        cancel()
        resolve(values)
      }
      valuesOf(connector, request).then(
        (values) => settle(values),
        (thrown: unknown) => {
          log.warn({ ...fields, reason: reasonOf(thrown) }, 'values for an argument could not be had')
          settle([])
        }
      )
    })
  }

  return (frame) => {
    const refused = refusalOf(frame, connector, who)
    if (refused) return Promise.resolve(refused)
    const { conversation, command, argument, text } = frame
    const request: CompletionRequest = { visitor: who.visitor, conversation, roles: who.roles ?? [], command, argument, text }
    return new Promise((resolve) => {
      const asked: Asked = { request, answer: resolve }
      // A promise that is settled does not mind the late answer.
      underWay?.answer(NONE)
      waiting?.answer(NONE)
      if (underWay) waiting = asked
      else {
        underWay = asked
        void ask(asked)
      }
    })
  }
}

/** The same rights as for running the command. */
function refusalOf({ command: name, argument: wanted }: Complete, connector: Connector, { roles = [] }: Who): CompleteAck | null {
  const command = connector.commands.find((one) => one.name === name)
  const why = command && whyForbidden(command, {}, roles)
  if (why) return { error: { code: 'command.forbidden', text: why } }
  const offered = command && offeredCommand(command, roles)
  if (!offered) return { error: { code: 'command.unknown', text: `There is no command /${name} here.` } }
  const argument = offered.args.find((one) => one.name === wanted)
  if (argument?.completes && connector.complete) return null
  return { error: { code: 'command.invalid', text: `/${name} has no argument "${wanted}" whose values are known here.` } }
}

/** What no client would take is left out; a connector that throws at once rejects like one that throws later. */
async function valuesOf(connector: Connector, request: CompletionRequest): Promise<readonly Completion[]> {
  const values: readonly unknown[] = (await connector.complete?.(request)) ?? []
  return values.slice(0, COMPLETE_VALUES).flatMap((value) => {
    const known = read(completion, value)
    return known.ok ? [known.value] : []
  })
}
