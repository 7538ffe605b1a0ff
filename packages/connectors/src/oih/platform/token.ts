import * as v from 'valibot'
import type { ConnectorPort } from '@parley/engine'
import { createAuditor } from '../auditor.js'
import type { OihConfig } from '../config.js'
import { tokenAnswer } from '../types.js'
import { withinTime } from '../../within-time.js'

/** The gateway's own token at the platform. It goes into one header and nowhere else. */
export interface PlatformToken {
  /** The very same object until it is renewed: what is known of its account holds for as long. */
  current(): Promise<TokenState>
  /** The platform did not take it: fetch another, once for all who ask at the same time. */
  renew(): Promise<TokenState>
  /** Keeps it alive from now on. */
  start(): void
  /** With `logout` configured, ends the session that was opened here. */
  stop(): Promise<void>
}

export type HeldToken = { readonly kind: 'token'; readonly token: string }

/** `none`: the configuration has none. `refused`: the platform takes neither token nor password. `unreachable`: it may, later. */
export type TokenState = HeldToken | { readonly kind: 'none' | 'refused' | 'unreachable' }

/** Tokens die after three hours without use (`IAM_JWT_EXPIRES`), so an idle gateway uses its own every two. */
const KEEP_ALIVE_MS = 2 * 3_600_000

export function createPlatformToken(port: ConnectorPort, config: OihConfig): PlatformToken {
  const { iamUrl, login } = config
  const audit = createAuditor(port)
  let held: HeldToken | null = config.token === undefined ? null : { kind: 'token', token: config.token }
  let renewedAt = port.clock.now()
  let underWay: Promise<TokenState> | null = null
  let hasLoggedIn = false
  let lastFailure: 'refused' | 'unreachable' | null = null
  let cancel = (): void => {}

  const isOwned = held !== null || login !== undefined

  async function fetchToken(): Promise<TokenState> {
    if (!iamUrl) return { kind: 'refused' }
    const refreshed = held === null ? 'refused' : await ask(`${iamUrl}/api/v1/tokens/refresh`, { headers: { authorization: `Bearer ${held.token}` } })
    const isLogin = refreshed === 'refused' && login !== undefined
    const found = isLogin
      ? await ask(`${iamUrl}/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(login) })
      : refreshed
    if (typeof found !== 'object') {
      await reportFailure(found, isLogin ? 'login' : 'refresh')
      return { kind: found }
    }
    lastFailure = null
    held = { kind: 'token', token: found.token }
    renewedAt = port.clock.now()
    if (isLogin) {
      hasLoggedIn = true
      await audit({ name: 'platform.signedIn', fields: { way: 'login' } })
    }
    port.log.debug({ inbox: port.inbox }, 'platform token renewed')
    return held
  }

  /** Once for each change: who follows a flow meanwhile asks again and again. */
  async function reportFailure(failure: 'refused' | 'unreachable', way: 'login' | 'refresh'): Promise<void> {
    if (failure === lastFailure) return
    lastFailure = failure
    port.log.warn({ inbox: port.inbox, outcome: failure }, 'platform token could not be renewed')
    if (failure === 'refused') await audit({ name: 'platform.refused', fields: { way } })
  }

  async function ask(url: string, init: RequestInit): Promise<{ readonly token: string } | 'refused' | 'unreachable'> {
    try {
      const { status, text } = await withinTime(port.clock, config.postTimeoutMs, async (signal) => {
        const response = await port.fetch(url, { ...init, redirect: 'manual', signal })
        return { status: response.status, text: await response.text() }
      })
      if (status >= 500 || status === 429) return 'unreachable'
      const read = v.safeParse(tokenAnswer, status === 200 ? JSON.parse(text) : null)
      return read.success ? read.output : 'refused'
    } catch {
      // Not even the reason is told: it could quote the request.
      return 'unreachable'
    }
  }

  function renew(): Promise<TokenState> {
    if (!isOwned) return Promise.resolve({ kind: 'none' })
    underWay ??= fetchToken().finally(() => {
      underWay = null
    })
    return underWay
  }

  const keepAlive = (): void => {
    cancel = port.clock.setTimer(KEEP_ALIVE_MS, () => {
      keepAlive()
      void renew()
    })
  }

  /** Only what was opened here, and only where it was asked for: the platform ends every session of the account by it. */
  async function logOut(): Promise<void> {
    if (!config.logout || !hasLoggedIn || held === null) return
    hasLoggedIn = false
    const { token } = held
    try {
      await withinTime(port.clock, LOGOUT_MS, (signal) =>
        port.fetch(`${iamUrl}/logout`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, redirect: 'manual', signal })
      )
      port.log.info({ inbox: port.inbox }, 'logged out at the platform')
    } catch {
      port.log.warn({ inbox: port.inbox }, 'could not log out at the platform; its session ends by itself')
    }
  }

  return {
    async current() {
      if (!isOwned) return { kind: 'none' }
      if (held === null) return renew()
      const isOld = iamUrl !== undefined && port.clock.now() - renewedAt >= KEEP_ALIVE_MS
      const renewed = isOld ? await renew() : null
      return renewed?.kind === 'token' ? renewed : held
    },
    renew,
    start() {
      cancel()
      if (isOwned && iamUrl) keepAlive()
    },
    stop() {
      cancel()
      return logOut()
    }
  }
}

/** A stop does not wait for long. */
const LOGOUT_MS = 2_000
