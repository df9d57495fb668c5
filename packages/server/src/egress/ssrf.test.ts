import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { request } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type DnsServer, startDnsServer } from '../../test/support/dns-server.ts'
import { startWebServer, type WebServer } from '../../test/support/web-server.ts'
import { parseAllowedHost } from '../allowed-host.ts'
import { Egress, EgressRefused } from './egress.ts'
import { createResolver } from './resolve-host.ts'

/** Stands for a service that trusts whoever reaches it. */
let internal: WebServer
/** An allowed place that sends wherever it is told to: `/STATUS/LOCATION`. */
let door: WebServer
let dns: DnsServer
let egress: Egress

beforeAll(async () => {
  internal = await startWebServer({ '/': 'the crown jewels' })
  door = await startWebServer()
  dns = await startDnsServer()
  const resolve = createResolver({ servers: [dns.address] })
  egress = new Egress({
    allow: [parseAllowedHost(`door.test:${door.port}`) ?? expect.fail()],
    resolve: (name) => resolve(name, { isTrusted: false }),
  })
  const names: Record<string, readonly string[]> = {
    'door.test': ['127.0.0.1'],
    'public.test': ['93.184.216.34'],
    'private.test': ['127.0.0.1'],
    'ten.test': ['10.1.2.3'],
    'metadata.test': ['169.254.169.254'],
    'several.test': ['93.184.216.34', '93.184.216.35', '127.0.0.1'],
    'six.test': ['::1'],
    'mapped.test': ['::ffff:7f00:1'],
    'both.test': ['93.184.216.34', 'fd00::1'],
    'translated.test': ['64:ff9b::7f00:1'],
    'any.test': ['0.0.0.0'],
    'xn--bcher-kva.test': ['127.0.0.1'],
  }
  for (const [name, addresses] of Object.entries(names)) dns.answer(name, addresses)
})

beforeEach(() => internal.forget())

afterAll(async () => {
  await egress[Symbol.asyncDispose]()
  await Promise.all([internal, door, dns].map((each) => each[Symbol.asyncDispose]()))
})

const signal = AbortSignal.timeout(60_000)

/** `PORT` is where the internal service listens. */
function addressed(address: string): string {
  return address.replaceAll('PORT', String(internal.port))
}

function sendTo(location: string, status = 302): string {
  const path = `/${status}/${encodeURIComponent(location)}`
  door.set(path, { status, headers: { location } })
  return `http://door.test:${door.port}${path}`
}

async function refusal(call: () => Promise<unknown>): Promise<string> {
  const error: unknown = await call().then(
    () => 'nothing was refused',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EgressRefused)
  expect(internal.connections).toBe(0)
  return (error as EgressRefused).message
}

it('the service that the tricks are after answers where it may be called', async () => {
  await using open = new Egress({ allow: [parseAllowedHost(`127.0.0.1:${internal.port}`) ?? expect.fail()] })
  await using response = await open.request(internal.url, { signal })
  expect(response.status).toBe(200)
  expect(internal.connections).toBe(1)
})

const loopback = /address of this machine/
const tricks: readonly (readonly [what: string, address: string, words: RegExp])[] = [
  ['loopback', 'http://127.0.0.1:PORT/', loopback],
  ['another loopback address', 'http://127.127.127.127:PORT/', loopback],
  ['a short form', 'http://127.1:PORT/', loopback],
  ['a shorter short form', 'http://127.0.1:PORT/', loopback],
  ['decimal', 'http://2130706433:PORT/', loopback],
  ['hexadecimal', 'http://0x7f000001:PORT/', loopback],
  ['hexadecimal in parts', 'http://0x7f.0x0.0x0.0x1:PORT/', loopback],
  ['octal', 'http://017700000001:PORT/', loopback],
  ['octal in parts', 'http://0177.0.0.01:PORT/', loopback],
  ['octal, hexadecimal and decimal mixed', 'http://0177.0x0.1:PORT/', loopback],
  ['an address with a trailing dot', 'http://127.0.0.1.:PORT/', loopback],
  ['the unspecified address', 'http://0.0.0.0:PORT/', /unspecified/],
  ['zero', 'http://0:PORT/', /unspecified/],
  ['IPv6 loopback', 'http://[::1]:PORT/', loopback],
  ['IPv6 loopback in long', 'http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/', loopback],
  ['IPv6 unspecified', 'http://[::]:PORT/', /unspecified/],
  ['mapped', 'http://[::ffff:127.0.0.1]:PORT/', /IPv4 address in IPv6/],
  ['mapped in hexadecimal', 'http://[::ffff:7f00:1]:PORT/', /IPv4 address in IPv6/],
  ['mapped in long', 'http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/', /IPv4 address in IPv6/],
  ['compatible', 'http://[::127.0.0.1]:PORT/', /reserved/],
  ['translated (NAT64)', 'http://[64:ff9b::127.0.0.1]:PORT/', /translated/],
  ['translated (local NAT64)', 'http://[64:ff9b:1::7f00:1]:PORT/', /translated/],
  ['translated (SIIT)', 'http://[::ffff:0:127.0.0.1]:PORT/', /translated/],
  ['translated (6to4)', 'http://[2002:7f00:1::]:PORT/', /translated/],
  ['translated (Teredo)', 'http://[2001:0:7f00:1::]:PORT/', /translated/],
  ['link-local IPv6', 'http://[fe80::1]:PORT/', /link-local/],
  ['a scope id', 'http://[fe80::1%25lo]:PORT/', /not an address that can be called/],
  ['a scope id on loopback', 'http://[::1%lo]:PORT/', /not an address that can be called/],
  ['unique local IPv6', 'http://[fd12:3456::1]/', /private/],
  ['site-local IPv6', 'http://[fec0::1]/', /private/],
  ['multicast IPv6', 'http://[ff02::1]/', /multicast/],
  ['documentation IPv6', 'http://[2001:db8::1]/', /reserved/],
  ['private 10/8', 'http://10.0.0.1/', /private/],
  ['private 172.16/12', 'http://172.31.255.254/', /private/],
  ['private 192.168/16', 'http://192.168.1.1/', /private/],
  ['carrier-grade NAT', 'http://100.64.0.1/', /shared private network/],
  ['benchmarking', 'http://198.18.0.1/', /reserved/],
  ['multicast', 'http://224.0.0.1/', /multicast/],
  ['broadcast', 'http://255.255.255.255/', /broadcast/],
  ['reserved', 'http://240.0.0.1/', /reserved/],
  ['metadata', 'http://169.254.169.254/latest/meta-data/', /metadata/],
  ['metadata in decimal', 'http://2852039166/latest/meta-data/', /metadata/],
  ['metadata, mapped', 'http://[::ffff:a9fe:a9fe]/', /IPv4 address in IPv6/],
  ['metadata over IPv6', 'http://[fd00:ec2::254]/', /metadata/],
  ['metadata of Azure, which looks public', 'http://168.63.129.16/', /metadata/],
  ['metadata of Alibaba', 'http://100.100.100.200/', /metadata/],
  ['metadata by name', 'http://metadata.google.internal/computeMetadata/v1/', /name of this machine or its network/],
  ['localhost', 'http://localhost:PORT/', /name of this machine/],
  ['localhost in capitals', 'http://LocalHost:PORT/', /name of this machine/],
  ['localhost with a trailing dot', 'http://localhost.:PORT/', /name of this machine/],
  ['below localhost', 'http://public.localhost:PORT/', /name of this machine/],
  ['localhost in circled letters', 'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/', /name of this machine/],
  ['full-width digits', 'http://１２７.０.０.１:PORT/', loopback],
  ['ideographic full stops', 'http://127。0。0。1:PORT/', loopback],
  ['a soft hyphen inside', 'http://local\u00adhost:PORT/', /name of this machine/],
  ['percent-encoded dots', 'http://127%2e0%2e0%2e1:PORT/', loopback],
  ['an IDN that leads inside', 'http://bücher.test:PORT/', /xn--bcher-kva\.test leads to 127\.0\.0\.1/],
  ['a user name', 'http://admin@127.0.0.1:PORT/', /user name or password/],
  ['a public host as the user name', 'http://public.test@127.0.0.1:PORT/', /user name or password/],
  ['a public host and port as credentials', 'http://public.test:80@127.0.0.1:PORT/', /user name or password/],
  ['credentials for a public host', 'http://user:secret@public.test/', /user name or password/],
  ['a public host after the fragment', 'http://127.0.0.1:PORT#@public.test/', loopback],
  ['a public host in the query', 'http://127.0.0.1:PORT?@public.test/', loopback],
  ['a backslash before the at sign', 'http://public.test:80\\@127.0.0.1:PORT/', /backslashes/],
  ['backslashes for slashes', 'http:\\\\127.0.0.1:PORT\\', /backslashes/],
  ['a line break and a header', 'http://127.0.0.1:PORT/\r\nX-Injected: 1', /line breaks/],
  ['a tab inside the host', 'http://127.0.\t0.1:PORT/', /line breaks/],
  ['a blank in front', ' http://127.0.0.1:PORT/', /blanks/],
  ['a zero byte', 'http://127.0.0.1\0.public.test:PORT/', /line breaks/],
  ['no scheme', '//127.0.0.1:PORT/', /not an address that can be called/],
  ['no slashes', 'http:127.0.0.1:PORT', loopback],
  ['a file', 'file:///etc/passwd', /Only http and https/],
  ['a file on a host', 'file://127.0.0.1/etc/passwd', /Only http and https/],
  ['gopher', 'gopher://127.0.0.1:PORT/_GET%20/', /Only http and https/],
  ['data', 'data:text/html,hello', /Only http and https/],
  ['ftp', 'ftp://127.0.0.1:PORT/', /Only http and https/],
  ['dict', 'dict://127.0.0.1:PORT/stat', /Only http and https/],
  ['a web socket', 'ws://127.0.0.1:PORT/', /Only http and https/],
  ['a Unix socket', 'http+unix://%2Fvar%2Frun%2Fdocker.sock/info', /Only http and https/],
  ['javascript', 'javascript:fetch(1)', /Only http and https/],
  ['a blob', 'blob:http://127.0.0.1:PORT/1', /Only http and https/],
  ['a name that leads inside', 'http://private.test:PORT/', /private\.test leads to 127\.0\.0\.1/],
  ['a name that leads inside, with a trailing dot', 'http://private.test.:PORT/', /leads to 127\.0\.0\.1/],
  ['a name that leads to a private network', 'http://ten.test/', /leads to 10\.1\.2\.3/],
  ['a name that leads to the metadata service', 'http://metadata.test/', /metadata/],
  ['a name of which one address is private', 'http://several.test:PORT/', /leads to 127\.0\.0\.1/],
  ['a name that leads inside over IPv6', 'http://six.test:PORT/', /leads to ::1/],
  ['a name with a mapped address', 'http://mapped.test:PORT/', /IPv4 address in IPv6/],
  ['a name public over IPv4, private over IPv6', 'http://both.test:PORT/', /leads to fd00::1/],
  ['a name with a translated address', 'http://translated.test:PORT/', /translated/],
  ['a name that leads anywhere', 'http://any.test:PORT/', /unspecified/],
  ['the port of a database', 'http://public.test:6379/', /Port 6379/],
  ['the port of a mail server', 'http://public.test:25/', /Port 25/],
  ['https', 'https://127.0.0.1:PORT/', loopback],
  ['the allowed host on another port', 'http://door.test:PORT/', /door\.test leads to 127\.0\.0\.1/],
  ['two dots in a row', 'http://localhost..:PORT/', /no proper host/],
]

describe('an address that must not be called is refused, and nothing reaches the service', () => {
  it.each(tricks)('%s: %s', async (_what, address, words) => {
    expect(await refusal(() => egress.request(addressed(address), { signal }))).toMatch(words)
  })

  it.each(tricks)('as the target of a redirect: %s: %s', async (_what, address, words) => {
    // A header holds neither more than Latin-1 nor a line break, and this one is a path on the site that sent it.
    if (/[^\x20-\xff]/.test(address) || address.startsWith('http:127')) return
    const target = sendTo(addressed(address))
    // Without a scheme it is an address, relative to where it was sent from.
    const expected = address.startsWith('//') ? loopback : words
    expect(await refusal(() => egress.request(target, { signal }))).toMatch(
      address.startsWith(' ') ? loopback : expected,
    )
  })
})

describe('redirects to the inside', () => {
  it.each([301, 302, 303, 307, 308])('%i', async (status) => {
    const target = sendTo(addressed('http://127.0.0.1:PORT/'), status)
    for (const method of ['GET', 'HEAD', 'POST']) {
      expect(await refusal(() => egress.request(target, { method, signal }))).toMatch(loopback)
    }
  })

  it('after several steps', async () => {
    const target = sendTo(sendTo(sendTo(addressed('http://private.test:PORT/')), 307), 301)
    expect(await refusal(() => egress.request(target, { signal }))).toMatch(/leads to 127\.0\.0\.1/)
  })
})

describe('a name that changes its answer', () => {
  it('is looked up once for a connection, and again, and refused, for the next', async () => {
    // The same port on two addresses of this machine: one allowed, one not.
    await using open = await startWebServer(
      { '/': { headers: { connection: 'close' }, body: 'open' } },
      { host: '127.0.0.2' },
    )
    await using secret = await startWebServer({}, { host: '127.0.0.1', port: open.port })
    const resolve = createResolver({ servers: [dns.address] })
    await using rebound = new Egress({ allow: [parseAllowedHost('127.0.0.2/32') ?? expect.fail()], resolve })
    dns.answer('rebind.test', [['127.0.0.2'], ['127.0.0.1']])
    const before = dns.questions.length
    const url = `http://rebind.test:${open.port}/`
    await using response = await rebound.request(url, { signal })
    expect(await text(response.body)).toBe('open')
    expect(open.connections).toBe(1)
    expect(dns.questions.slice(before).filter((question) => question.endsWith(' A'))).toEqual(['rebind.test A'])
    await expect(rebound.request(url, { signal })).rejects.toThrow(/leads to 127\.0\.0\.1/)
    expect(secret.connections).toBe(0)
  })
})

describe('ways in for libraries', () => {
  it('fetch is refused as well, and where it is redirected', async () => {
    const fetch = egress.fetchWithin()
    expect(await refusal(() => fetch(addressed('http://127.0.0.1:PORT/')))).toMatch(loopback)
    expect(await refusal(() => fetch(new URL(addressed('http://private.test:PORT/'))))).toMatch(/leads to/)
    expect(await refusal(() => fetch(new Request(addressed('http://[::1]:PORT/'))))).toMatch(loopback)
    expect(await refusal(() => fetch(sendTo(addressed('http://127.0.0.1:PORT/'))))).toMatch(loopback)
  })

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]', 'private.test', 'localhost', '2130706433'])(
    'an undici dispatcher and an agent of node:http are refused: %s',
    async (host) => {
      const url = `http://${host}:${internal.port}/`
      const dispatcher = await egress.dispatcher()
      await refusal(() => request(url, { dispatcher }))
      const { http: agent } = egress.nodeAgents()
      await refusal(() => new Promise((resolve, reject) => get(url, { agent }, resolve).on('error', reject)))
    },
  )

  it('an agent of node:http opens no socket of this machine', async () => {
    const { http: agent } = egress.nodeAgents()
    const options = { agent, socketPath: '/var/run/docker.sock' }
    expect(await refusal(() => new Promise((resolve, reject) => get(options, resolve).on('error', reject)))).toMatch(
      /not sockets/,
    )
  })
})
