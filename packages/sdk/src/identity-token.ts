import { ParleyError } from '@parley/protocol'

/**
 * Whom an identity token names. Nothing is verified here, that is the gateway's business: the name only keeps the
 * outboxes of several people in one browser apart.
 * @throws ParleyError `identity.invalid`
 */
export function subjectOf(token: string): string {
  const subject = read(token)
  if (typeof subject === 'string' && subject !== '') return subject
  throw new ParleyError('identity.invalid', 'The identity token is not a signed JSON Web Token with a "sub".')
}

function read(token: string): unknown {
  try {
    const [, payload = ''] = token.split('.')
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : null
  } catch {
    // Not base64, not JSON: said by the caller in one sentence.
    return null
  }
}
