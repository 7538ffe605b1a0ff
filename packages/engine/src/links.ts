import type { EventBodies, LinkId, RunId } from '@parley/protocol'
import type { LinkVerbs, Recorded } from './connector.js'
import type { Core } from './core.js'
import { createDeadlines } from './deadlines.js'
import { botAuthor, externalMessageId, randomId } from './identity.js'
import { newEvent } from './new-event.js'
import type { LinkRecord, LinkStatus } from './records.js'
import type { Runs } from './runs.js'
import { createSerial } from './serial.js'
import type { Unit } from './store.js'

/** The lives of sign-ins: asked for, done, refused, expired; each told in the chat once. */
export interface Links {
  /** From now on the link expires at its deadline. */
  watch(link: LinkRecord): void
  verbs(inbox: string): LinkVerbs
  stop(): void
}

type LinkEnd = 'link.completed' | 'link.refused' | 'link.expired'
const ENDED: Record<LinkEnd, LinkStatus> = { 'link.completed': 'completed', 'link.refused': 'refused', 'link.expired': 'expired' }

const AUDITED = {
  'link.requested': 'signIn.requested',
  'link.completed': 'signIn.completed',
  'link.refused': 'signIn.refused',
  'link.expired': 'signIn.expired'
} as const

/** Letters and digits that cannot be mistaken for one another, to be held side by side by eye. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** The sign-in ends its run; the run's own deadline must not come first. */
const AFTER_LINK_MS = 30_000

export function createLinks({ host, store, queue, audit }: Core, runs: Runs): Links {
  const { clock, chance, log, seal } = host
  const serial = createSerial()
  const deadlines = createDeadlines(host)

  const code = (): string => {
    const letters = [...chance.bytes(6)].map((byte) => CODE_LETTERS[byte % CODE_LETTERS.length])
    return `${letters.slice(0, 3).join('')}-${letters.slice(3).join('')}`
  }

  function event<Type extends 'link.requested' | LinkEnd>(link: LinkRecord, type: Type, body: EventBodies[Type]): Unit {
    const { conversation, inbox, visitor, run, partner } = link
    const messageId = externalMessageId(seal, inbox, `${link.link}:${type}`)
    const entry = { name: AUDITED[type], key: messageId, inbox, conversation, visitor, ...(run === null ? {} : { run }), fields: { link: link.link, partner } }
    return {
      event: newEvent({ conversation, messageId, type, author: botAuthor(seal, inbox, conversation), body, now: clock.now() }),
      puts: [{ put: 'link', link }, ...audit.puts(entry)]
    }
  }

  /** Ends a link that is still asked for; what becomes of its run is written in the same transaction. */
  function end(id: LinkId, type: LinkEnd, extra: (link: LinkRecord) => Unit[]): Promise<Recorded> {
    return serial.run(id, async () => {
      let link = await store.link(id)
      if (link?.status !== 'requested') return 'ended'
      while (await isMoved(link)) link = (await store.link(id)) ?? link
      const units = [event({ ...link, status: ENDED[type] }, type, { link: id, partner: link.partner }), ...extra(link)]
      await tellRun(link, type, units)
      deadlines.clear(id)
      log.info({ link: id, inbox: link.inbox, status: ENDED[type] }, 'sign-in ended')
      return 'recorded'
    })
  }

  /** Was its conversation merged into another one since it was read? The record then says which. */
  async function isMoved({ conversation }: LinkRecord): Promise<boolean> {
    return (await store.conversation(conversation))?.mergedInto !== null
  }

  async function tellRun({ run, partner }: LinkRecord, type: LinkEnd, units: readonly Unit[]): Promise<void> {
    if (!run) await queue.commit(units)
    else if (type === 'link.completed') await runs.finish(run, [{ kind: 'text', text: `You are signed in at ${partner}.` }], units)
    else if (type === 'link.refused') await runs.fail(run, { reason: 'refused', text: `The sign-in at ${partner} was refused.`, again: true }, units)
    else await runs.fail(run, { reason: 'timedOut', text: `The sign-in at ${partner} was not finished in time and has expired.`, again: true }, units)
  }

  function watch(link: LinkRecord): void {
    deadlines.set(link.link, link.expiresAt, () => end(link.link, 'link.expired', () => []))
  }

  async function request(run: RunId, wanted: Parameters<LinkVerbs['request']>[0]): Promise<LinkRecord | null> {
    const record = await store.run(run)
    if (!record) return null
    const { conversation, inbox, visitor } = record
    const { partner, notes, expiresInMs } = wanted
    const id = randomId<LinkId>(chance)
    const link: LinkRecord = {
      link: id,
      inbox,
      visitor,
      conversation,
      run,
      partner,
      notes,
      status: 'requested',
      code: code(),
      expiresAt: clock.now() + expiresInMs
    }
    const body = { link: id, run, partner, url: wanted.url(id), code: link.code, expiresInS: Math.round(expiresInMs / 1000) }
    await queue.commit([event(link, 'link.requested', body)])
    watch(link)
    await runs.extend(run, link.expiresAt + AFTER_LINK_MS)
    return link
  }

  return {
    watch,
    verbs: (inbox) => ({
      request: (wanted) => request(wanted.run, wanted),
      find: async (id) => ofInbox(inbox, await store.link(id)),
      async note(id, notes) {
        await serial.run(id, async () => {
          const link = await store.link(id)
          if (link) await queue.commit([{ puts: [{ put: 'link', link: { ...link, notes } }] }])
        })
      },
      complete: (id, { credential, scope }) =>
        end(id, 'link.completed', (link) => [
          {
            puts: [
              { put: 'account', account: { inbox: link.inbox, visitor: link.visitor, credential, scope, connectedAt: new Date(clock.now()).toISOString() } }
            ]
          }
        ]),
      refuse: (id) => end(id, 'link.refused', () => []),
      account: (visitor) => store.account(inbox, visitor),
      async forget(visitor) {
        await queue.commit([{ puts: [{ put: 'accountGone', inbox, visitor }] }])
      }
    }),
    stop: () => deadlines.clearAll()
  }
}

const ofInbox = <Found extends { readonly inbox: string }>(inbox: string, found: Found | null): Found | null => (found?.inbox === inbox ? found : null)
