import ipaddr from 'ipaddr.js'

/** Where clouds tell a machine its own credentials; some lie in ranges that are public elsewhere. */
const metadataAddresses = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
])

const words: Readonly<Record<string, string>> = {
  loopback: 'an address of this machine',
  private: 'a private address',
  uniqueLocal: 'a private address',
  deprecatedSiteLocal: 'a private address',
  carrierGradeNat: 'an address of a shared private network',
  linkLocal: 'a link-local address',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  unspecified: 'an unspecified address',
  ipv4Mapped: 'an IPv4 address in IPv6 clothing',
  rfc6145: 'a translated address',
  rfc6052: 'a translated address',
  '6to4': 'a translated address',
  teredo: 'a translated address',
}

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** One spelling for an address, whatever it came as; undefined for what is none, or holds a scope. */
export function plainAddress(address: string): string | undefined {
  // Without this, ipaddr.js reads `127.1` and `0x7f000001` as well; what a resolver answers is never so.
  const isPlain = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)
  return isPlain && !address.includes('%') ? ipaddr.parse(address).toString() : undefined
}

export function isMetadataAddress(address: string): boolean {
  return metadataAddresses.has(address)
}

/** What an address is when not one of the public internet, as "it is …"; undefined when it is public. */
export function whyNotPublic(address: string): string | undefined {
  const plain = plainAddress(address)
  if (plain === undefined) return 'not a plain address'
  if (isMetadataAddress(plain)) return "the address of a cloud's metadata service"
  const parsed = ipaddr.parse(plain)
  const range = parsed.range()
  if (range !== 'unicast') return words[range] ?? 'a reserved address'
  // Everything else that is assigned in IPv6 is for special use, as `::127.0.0.1` shows.
  return parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast) ? 'a reserved address' : undefined
}
