import type { LinkId, RunId } from '@parley/protocol'
import type { LinkVerbs, Recorded, RunVerbs } from '../connector.js'
import { GIVEN_UP, type LinkRecord, type RunRecord, type RunStatus, WAITING } from '../records.js'
import { changeRun, type FakeState, type Recording } from './fake-records.js'

/** The verbs for runs, as the docstrings of `RunVerbs` have it, in memory. */
export function fakeRunVerbs(state: FakeState): RunVerbs {
  const replyToken = (run: RunId): string => state.sign('reply', run)

  async function step(run: RunId, allowed: readonly RunStatus[], status: RunStatus, recording: Recording): Promise<Recorded> {
    const record = state.runs.get(run)
    if (!record || !allowed.includes(record.status)) return 'ended'
    changeRun(state, record, { status })
    state.record(recording)
    return 'recorded'
  }

  function end(run: RunId, status: RunStatus, recording: Recording): Promise<Recorded> {
    const isLate = GIVEN_UP.includes(state.runs.get(run)?.status ?? 'open')
    return step(run, [...WAITING, ...GIVEN_UP], status, isLate ? ({ ...recording, late: true } as Recording) : recording)
  }

  return {
    find: async (run) => state.runs.get(run) ?? null,
    waiting: async () => [...state.runs.values()].filter((run) => WAITING.includes(run.status)),
    replyToken,
    hasReplyToken: (run, token) => replyToken(run) === token,
    async note(run, notes) {
      const record = state.runs.get(run)
      if (record) changeRun(state, record, { notes })
    },
    async accept(run) {
      const status = state.runs.get(run)?.status
      if (status === 'accepted' || status === 'working') return 'known'
      return step(run, ['open', 'sent'], 'accepted', { did: 'accept', run })
    },
    async progress(run, progress) {
      const key = `step ${run} ${progress.step}`
      if (state.known.has(key)) return 'known'
      const recorded = await step(run, WAITING, 'working', { did: 'progress', run, ...progress })
      if (recorded === 'recorded') state.known.add(key)
      return recorded
    },
    finish: (run, parts) => end(run, 'finished', { did: 'finish', run, parts }),
    fail: (run, failure) => end(run, failedStatus(failure.reason), { did: 'fail', run, ...failure })
  }
}

const failedStatus = (reason: string): RunStatus => GIVEN_UP.find((status) => status === reason) ?? 'failed'

/** The verbs for sign-ins and accounts. */
export function fakeLinkVerbs(state: FakeState, runs: RunVerbs): LinkVerbs {
  const { clock } = state

  function end(id: LinkId, status: LinkRecord['status'], did: 'complete' | 'refuse' | 'expire'): LinkRecord | null {
    const link = state.links.get(id)
    if (link?.status !== 'requested') return null
    state.links.set(id, { ...link, status })
    state.record({ did, link: id, partner: link.partner })
    return link
  }

  async function expire(id: LinkId): Promise<void> {
    const link = end(id, 'expired', 'expire')
    if (link?.run) await runs.fail(link.run, { reason: 'timedOut', text: 'The sign-in was not finished in time.', again: true })
  }

  return {
    async request({ run, partner, expiresInMs, notes, url }) {
      const owner = state.runs.get(run)
      if (!owner) return null
      const link = state.randomId() as LinkId
      const code = state.sign('code', link).slice(0, 6).toUpperCase()
      const record = newLink(owner, { link, partner, code, notes, expiresAt: clock.now() + expiresInMs })
      state.links.set(link, record)
      state.record({ did: 'link', link, run, partner, url: url(link), code, expiresInMs })
      clock.setTimer(expiresInMs, () => void expire(link))
      return record
    },
    find: async (link) => state.links.get(link) ?? null,
    async note(id, notes) {
      const link = state.links.get(id)
      if (link) state.links.set(id, { ...link, notes })
    },
    async complete(id, account) {
      const link = end(id, 'completed', 'complete')
      if (!link) return 'ended'
      const { inbox, visitor } = link
      state.accounts.set(visitor, { inbox, visitor, ...account, connectedAt: new Date(clock.now()).toISOString() })
      if (link.run) await runs.finish(link.run, [{ kind: 'text', text: `You are signed in at ${link.partner}.` }])
      return 'recorded'
    },
    async refuse(id) {
      const link = end(id, 'refused', 'refuse')
      if (!link) return 'ended'
      if (link.run) await runs.fail(link.run, { reason: 'refused', text: `The sign-in at ${link.partner} was refused.`, again: true })
      return 'recorded'
    },
    account: async (visitor) => state.accounts.get(visitor) ?? null,
    async forget(visitor) {
      if (state.accounts.delete(visitor)) state.record({ did: 'forget', visitor })
    }
  }
}

function newLink({ run, inbox, visitor, conversation }: RunRecord, rest: Pick<LinkRecord, 'link' | 'partner' | 'code' | 'notes' | 'expiresAt'>): LinkRecord {
  return { run, inbox, visitor, conversation, status: 'requested', ...rest }
}
