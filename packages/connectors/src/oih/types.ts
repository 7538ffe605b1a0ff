import * as v from 'valibot'

/**
 * What we read of Open Integration Hub's answers. Read from openintegrationhub/openintegrationhub
 * at 884a8d9a (2025-03-31): lib/webhooks/src/http-api.js, services/iam/src/routes. Unknown fields are left out.
 */

/** Answer of a hook that took the call. It says "accepted", nothing more. */
export const hookAccepted = v.object({ data: v.object({ requestId: v.string() }) })

/** Every refusal of a hook: a text, no code. */
export const hookRefused = v.object({ error: v.string() })

/** Answer of `POST /login` and of `GET /api/v1/tokens/refresh`. */
export const tokenAnswer = v.object({ token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,4096}$/)) })

/** What the flow carries from the hook to its last step inside `data`, so that the answer finds its run. */
export type Correlation = { readonly runId: string; readonly replyUrl: string; readonly replyToken: string }

/** Body of a hook. The names at the top level are those that the existing components read. */
export type HookBody = {
  readonly scope?: string
  readonly secretName?: string
  readonly successUrl?: string
  readonly params?: readonly string[]
  readonly secretId?: string
  readonly correlation: Correlation
}

/** A flow's id is a MongoDB ObjectId. Nothing else may become part of an address. */
export const FLOW_ID = /^[0-9a-fA-F]{24}$/
export const FLOW_ID_WANTED = 'a flow id is 24 hexadecimal digits, like 58b41f5da9ee9d0018194bf3'

/** A secret's id is an ObjectId too; other stores may name it otherwise, but never with signs that mean something elsewhere. */
export const SECRET_ID = /^[A-Za-z0-9_-]{1,128}$/

/** Where a flow that answers may put the secret it got, in small letters. */
export const TOKEN_HEADER = 'x-parley-reply-token'
