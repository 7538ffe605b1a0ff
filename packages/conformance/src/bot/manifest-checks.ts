import { type Manifest, partsOfResult, readManifest } from '@parley/connectors/webhook-wire'
import type { ArgumentSpec, Arguments } from '@parley/protocol'
import { Broken, type Check, demand, Skipped } from '../check.js'
import { named } from './answer-checks.js'
import type { BotContext } from './bot-context.js'
import { createTalk } from './talk.js'

/** The bot's commands: announced as a gateway takes them, and each of them runs. */
export const MANIFEST_CHECKS: readonly Check<BotContext>[] = [
  {
    id: 'manifest.shape',
    rule: 'The manifest is JSON with status 200, and each of its commands is one that a chat can offer.',
    async run(context) {
      await manifestOf(context)
    }
  },
  {
    id: 'command.runs',
    rule: 'Every announced command is answered with 2xx, and what it answers fits into one result.',
    needs: ['manifest.shape', 'answer.shape'],
    async run(context) {
      const { commands } = await manifestOf(context)
      if (commands.length === 0) throw new Skipped('the manifest announces no commands')
      for (const { name, args } of commands) {
        const given = argumentsFor(args)
        if (given === null) continue
        const exchange = await createTalk(context.outside).run(name, given)
        named(`/${name}`, () => {
          const answer = exchange.answer()
          demand(
            answer === null || partsOfResult(answer) !== null,
            'messages that are more than the result of one run can hold',
            'at most 100 parts and 200000 characters'
          )
        })
      }
    }
  },
  {
    id: 'command.unknown',
    rule: 'A command that the bot never announced is answered with 2xx or 4xx, never with 5xx.',
    needs: ['answer.status'],
    async run({ outside }) {
      for (const name of ['no-such-command', 'constructor']) {
        const { reply } = await createTalk(outside).run(name, {})
        demand(
          reply.kind === 'answered' && reply.status < 500,
          `/${name}: ${reply.kind === 'answered' ? `status ${reply.status}` : reply.kind}`,
          'status 2xx or 4xx'
        )
      }
    }
  }
]

/** No command of a visitor's may take longer; it only has to be a number here. */
const RUN_TIMEOUT_MS = 600_000

async function manifestOf({ outside, options }: BotContext): Promise<Manifest> {
  if (options.manifestUrl === null) throw new Skipped('there is no manifest; give its address with --manifest')
  const reply = await outside.askManifest(options.manifestUrl)
  if (reply.kind !== 'answered') throw new Broken(`no answer from the manifest's address: ${reply.kind}`, 'status 200 and JSON')
  demand(reply.status === 200, `status ${reply.status}`, 'status 200')
  const read = readManifest(reply.text, RUN_TIMEOUT_MS)
  if (!read.ok) throw new Broken(read.text, 'the manifest as the page of the webhook connector has it')
  return read.value
}

/** Something of each kind that is wanted. @returns `null` where only the author knows what fits a pattern */
function argumentsFor(specs: readonly ArgumentSpec[]): Arguments | null {
  const wanted = specs.filter(({ required }) => required)
  if (wanted.some(({ pattern }) => pattern !== undefined)) return null
  return Object.fromEntries(wanted.map((spec) => [spec.name, valueFor(spec)]))
}

function valueFor({ type, choices }: ArgumentSpec): Arguments[string] {
  switch (type) {
    case 'number':
      return 1
    case 'boolean':
      return true
    case 'choice':
      return choices?.[0] ?? ''
    case 'list':
      return ['conformance']
    case 'text':
      return 'conformance'
    default:
      return type satisfies never
  }
}
