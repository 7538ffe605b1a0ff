import { digestRows, ParleyError } from '@parley/protocol'

/** `subject` keeps the outboxes of several people in one browser apart; `roles`, as JSON, show that others are to be had. */
export type Claims = { readonly subject: string; readonly roles: string | undefined }

/** A token that says nothing by itself: the outside system of the inbox knows whom it names. */
const OPAQUE = /^[\w~+/=-]{22,}$/

/**
 * Whom an identity token names. Nothing is verified here, that is the gateway's business. Of an opaque token only a
 * digest is used: the name stands in the browser's storage, and there the token must not be.
 * @throws ParleyError `identity.invalid`
 */
export function claimsOf(token: string): Claims {
  if (OPAQUE.test(token)) return { subject: digestRows([{ seq: 0, messageId: token }]), roles: undefined }
  const { sub, roles } = read(token)
  if (typeof sub === 'string' && sub !== '') return { subject: sub, roles: JSON.stringify(roles) }
  throw new ParleyError('identity.invalid', 'The identity token is not a signed JSON Web Token with a "sub".')
}

function read(token: string): { readonly sub?: unknown; readonly roles?: unknown } {
  try {
    const [, payload = ''] = token.split('.')
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof claims === 'object' && claims !== null ? claims : {}
  } catch {
    // Not base64, not JSON: said by the caller in one sentence.
    return {}
  }
}
