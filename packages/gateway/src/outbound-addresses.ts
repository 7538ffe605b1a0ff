import { BlockList, isIP } from 'node:net'

/** Which addresses a request may go to that the operator did not write down himself. */
export type AddressGuard = (address: string) => boolean

/** Loopback, private, link-local, reserved, multicast; from the IANA registries of special addresses. */
const FORBIDDEN = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Of IPv6 only 2000::/3 is in use on the internet; inside it these reach IPv4 or nothing.
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20'
]

/**
 * @param allow networks that are let through all the same
 * @returns whether a connection to this address may be made
 */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const allowed = listsOf(allow)
  const forbidden = listsOf(FORBIDDEN)
  return (address) => {
    const family = familyOf(address)
    if (family === null) return false
    return allowed[family].check(address, family) || !forbidden[family].check(address, family)
  }
}

type Family = 'ipv4' | 'ipv6'
const familyOf = (address: string): Family | null => ({ 4: 'ipv4' as const, 6: 'ipv6' as const })[isIP(address)] ?? null

/** One list for each family: in one list, a network of IPv6 that covers the mapped addresses holds for all of IPv4. */
function listsOf(networks: readonly string[]): Record<Family, BlockList> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = familyOf(address)
    if (family) lists[family].addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family)
  }
  return lists
}
