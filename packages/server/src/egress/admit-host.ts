import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import type { AllowedHost } from '../allowed-host.ts'
import { EgressRefused } from './egress-error.ts'
import { isMetadataAddress, plainAddress, whyNotPublic } from './public-address.ts'
import type { ResolveHost } from './resolve-host.ts'

/** The addresses a host may be reached at, looked up once; throws `EgressRefused` when any of them must not be called. */
export type AdmitHost = (host: string, port: number) => Promise<readonly string[]>

interface AdmissionOptions {
  readonly allow: readonly AllowedHost[]
  readonly resolve: ResolveHost
  /** Addresses of this machine: a service that trusts it would take us for itself. */
  readonly ownAddresses?: () => readonly string[]
}

/** Never a web server, and able to misread a request as its own commands: mail, IRC, X11 and the like. */
const otherPorts = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531,
  532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3306, 3389, 3659, 4045, 4190,
  5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
])

/** Names that mean a machine or network by themselves, whatever a resolver says. */
const localNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|localdomain|invalid|onion)$/

const remedy = 'The operator can allow it in QUORY_EGRESS_ALLOW.'

export function createAdmission({ allow, resolve, ownAddresses = interfaceAddresses }: AdmissionOptions): AdmitHost {
  return async (host, port) => {
    const name = host.replace(/\.$/, '').toLowerCase()
    const isTrusted = isHostAllowed(allow, name, port)
    if (!isTrusted && otherPorts.has(port)) throw new EgressRefused(`Port ${port} is not one of web servers. ${remedy}`)
    if (!isTrusted && localNames.test(name))
      throw new EgressRefused(`${name} is a name of this machine or its network, not of the internet. ${remedy}`)
    const addresses = isIP(name) === 0 ? await resolve(name, { isTrusted }) : [name]
    if (!isTrusted) {
      const own = new Set(ownAddresses().map(plainAddress))
      for (const address of addresses) refuseUnlessPublic(allow, name, address, own)
    }
    return addresses
  }
}

/** One bad address refuses the host: which of its addresses a connection would take is not ours to hope. */
function refuseUnlessPublic(
  allow: readonly AllowedHost[],
  name: string,
  address: string,
  own: ReadonlySet<string | undefined>,
): void {
  if (isAddressAllowed(allow, address)) return
  const reason = own.has(plainAddress(address)) ? 'an address of this machine' : whyNotPublic(address)
  if (reason === undefined) return
  const what = name === address ? name : `${name} leads to ${address}, which`
  throw new EgressRefused(`${what} is ${reason}: only the public internet is called. ${remedy}`)
}

function isHostAllowed(allow: readonly AllowedHost[], name: string, port: number): boolean {
  return allow.some(
    (entry) => entry.type === 'host' && entry.host === name && (entry.port === undefined || entry.port === port),
  )
}

/** A range never opens a metadata service: that address has to be named by itself. */
function isAddressAllowed(allow: readonly AllowedHost[], address: string): boolean {
  const plain = plainAddress(address)
  if (plain === undefined || isMetadataAddress(plain)) return false
  const parsed = ipaddr.parse(plain)
  return allow.some((entry) => {
    if (entry.type !== 'range') return false
    const range = ipaddr.parse(entry.address)
    return range.kind() === parsed.kind() && parsed.match(range, entry.prefix)
  })
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address))
}
