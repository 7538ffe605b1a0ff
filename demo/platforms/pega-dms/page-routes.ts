import type { Context, Hono } from 'hono'
import { eventStream } from '../host/event-stream.js'
import { pageFiles } from '../host/page-files.js'
import type { Answering } from './answering.js'
import type { FaultKind } from './faults.js'
import { isRecord } from './read-message.js'
import type { State } from './state.js'

/** The page to answer from, as the bot or as the agent. */

export const HOME = '/platforms/pega-dms'
const FILES = ['page.js', 'customers.js', 'exchange.js', 'switches.js', 'page.css', 'icon.svg']
/** A message of somebody who answers, at most. */
const TEXT_LIMIT = 4_000
/** What the page is told at first. */
const ENTRIES_AT_FIRST = 500

const DEEDS = ['typing', 'menu', 'carousel', 'link', 'attachment', 'waitTime', 'unknown', 'end'] as const
/** Without `unreachable`: the page would not come back to mend it. */
const FAULTS = ['down', 'hang', 'unauthorised', 'busy', 'failing', 'double', 'late', 'reordered'] as const satisfies readonly FaultKind[]
const IS_ON = 'isOn is true or false.'

type Parts = { readonly state: State; readonly agent: Answering; readonly bot: Answering; readonly folder: URL }

export function pageRoutes({ state, agent, bot, folder }: Parts): Hono {
  const app = pageFiles({ home: HOME, url: () => state.url, folder, files: FILES })
  app.get(`${HOME}/stream`, () =>
    eventStream((send) => {
      send('snapshot', { customers: state.customers, entries: state.entries.slice(-ENTRIES_AT_FIRST), switches: state.switches })
      return state.changes.watch(({ event, data }) => send(event, data))
    })
  )
  app.post(`${HOME}/answers`, async (context) => {
    const { customer, as, deed, text } = await bodyOf(context)
    const side = as === 'agent' ? agent : as === 'bot' ? bot : null
    if (typeof customer !== 'string' || !state.customers.some(({ id }) => id === customer)) return refuse(context, 404, 'There is no such customer.')
    if (!side) return refuse(context, 400, 'as is bot or agent.')
    const sent = deed === 'say' ? say(side, customer, text) : act(side, customer, deed)
    // What becomes of it is told by the stream: the other side may take its time.
    return sent ? context.body(null, 202) : refuse(context, 400, `deed is say with a text of 1 to ${TEXT_LIMIT} characters, or ${DEEDS.join(', ')}.`)
  })
  app.post(`${HOME}/faults`, async (context) => {
    const { fault, isOn } = await bodyOf(context)
    const kind = FAULTS.find((known) => known === fault)
    if (!kind) return refuse(context, 400, `fault is one of ${FAULTS.join(', ')}.`)
    if (typeof isOn !== 'boolean') return refuse(context, 400, IS_ON)
    if (isOn) state.faults.set({ kind })
    else state.faults.mend(kind)
    return context.body(null, 204)
  })
  app.post(`${HOME}/bot`, async (context) => {
    const { isOn } = await bodyOf(context)
    if (typeof isOn !== 'boolean') return refuse(context, 400, IS_ON)
    state.setBot(isOn)
    return context.body(null, 204)
  })
  return app
}

function say(side: Answering, customer: string, text: unknown): Promise<unknown> | null {
  return typeof text === 'string' && text.trim() !== '' && text.length <= TEXT_LIMIT ? side.say(customer, text) : null
}

function act(side: Answering, customer: string, wanted: unknown): Promise<unknown> | null {
  const deed = DEEDS.find((known) => known === wanted)
  return deed ? side[deed](customer) : null
}

async function bodyOf(context: Context): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await context.req.json().catch(() => null)
  return isRecord(body) ? body : {}
}

const refuse = (context: Context, status: 400 | 404, message: string): Response => context.json({ message }, status)
