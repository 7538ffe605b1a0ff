import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whom a limit counts against: the peer's address, of IPv6 the /64 (one household or machine).
 * @param trustProxy a proxy in front appends the address it saw as the last of `X-Forwarded-For`;
 * without one the header is anybody's invention and is not read
 */
export function clientAddress(request: Pick<IncomingMessage, 'headers' | 'socket'>, trustProxy: boolean): string {
  const forwarded = trustProxy ? [request.headers['x-forwarded-for']].flat().at(-1)?.split(',').at(-1)?.trim() : undefined
  return groupOf(forwarded && isIP(forwarded) ? forwarded : (request.socket.remoteAddress ?? ''))
}

function groupOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  if (isIP(address) !== 6) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const front = head ? head.split(':') : []
  const back = tail ? tail.split(':') : []
  const all = tail === undefined ? front : [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back]
  return `${all
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
