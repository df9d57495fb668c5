import { ADDRCONFIG } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'

/** All addresses of a name. `isTrusted`: the operator named it, so it may stand in the machine's own hosts file. */
export type ResolveHost = (name: string, options: { readonly isTrusted: boolean }) => Promise<readonly string[]>

/**
 * Asks the machine's name servers. Names of strangers never go through `getaddrinfo`: it holds one of the four threads
 * that also read our files, for as long as a name server likes, and adds the network's own search domains.
 */
export function createResolver({ servers }: { readonly servers?: readonly string[] } = {}): ResolveHost {
  return async (name, { isTrusted }) => {
    if (isTrusted) return (await lookup(name, { all: true, hints: ADDRCONFIG })).map(({ address }) => address)
    const resolver = new Resolver({ timeout: 2_000, tries: 2 })
    if (servers !== undefined) resolver.setServers(servers)
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const [first] = answers
    if (addresses.length === 0) throw first.status === 'rejected' ? first.reason : new Error(`No address of ${name}`)
    return addresses
  }
}
