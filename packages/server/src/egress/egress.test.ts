import { createSocket } from 'node:dgram'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { certificate, certificateKey } from '../../test/support/tls-certificate.ts'
import { startWebServer, type WebReply } from '../../test/support/web-server.ts'
import { parseAllowedHost } from '../allowed-host.ts'
import { readConfig } from '../config.ts'
import { Egress, EgressFailure, EgressRefused } from './egress.ts'
import { createResolver } from './resolve-host.ts'

const signal = AbortSignal.timeout(120_000)

function openEgress(allow = '127.0.0.0/8', options: { resolve?: (name: string) => Promise<readonly string[]> } = {}) {
  return new Egress({ allow: readConfig({ QUORY_EGRESS_ALLOW: allow }).egressAllow, ...options })
}

async function failureOf(call: () => Promise<unknown>): Promise<EgressFailure> {
  const error: unknown = await call().then(
    () => 'nothing failed',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EgressFailure)
  return error as EgressFailure
}

describe('what the operator allows', () => {
  it('is nothing by default, and a host, a host on a port or a range when set', async () => {
    await using server = await startWebServer({ '/': 'inside' })
    const reaches = async (allow: string, url = server.url) => {
      await using egress = openEgress(allow, { resolve: async () => ['127.0.0.1'] })
      try {
        await using response = await egress.request(url, { signal })
        return (await text(response.body)) === 'inside'
      } catch (error) {
        expect(error).toBeInstanceOf(EgressRefused)
        return false
      }
    }
    const named = server.url.replace('127.0.0.1', 'wiki.intranet')
    expect(await reaches('')).toBe(false)
    expect(await reaches('127.0.0.1')).toBe(true)
    expect(await reaches(`127.0.0.1:${server.port}`)).toBe(true)
    expect(await reaches('127.0.0.1:1')).toBe(false)
    expect(await reaches('127.0.0.0/8')).toBe(true)
    expect(await reaches('10.0.0.0/8, 127.0.0.0/30')).toBe(true)
    expect(await reaches('10.0.0.0/8')).toBe(false)
    expect(await reaches('::/0')).toBe(false)
    expect(await reaches('', named)).toBe(false)
    expect(await reaches('Wiki.Intranet', named)).toBe(true)
    expect(await reaches(`wiki.intranet:${server.port}`, named)).toBe(true)
    expect(await reaches('other.intranet', named)).toBe(false)
    // An address is allowed for itself, a name for itself: one does not stand for the other.
    expect(await reaches('wiki.intranet')).toBe(false)
    expect(await reaches('127.0.0.1', named)).toBe(false)
  })

  it('a range never opens a metadata service, which has to be named', async () => {
    await using wide = openEgress('0.0.0.0/0,::/0')
    await expect(wide.request('http://169.254.169.254/', { signal })).rejects.toThrow(/metadata/)
    await expect(wide.request('http://[fd00:ec2::254]/', { signal })).rejects.toThrow(/metadata/)
  })

  it('is read entry by entry, and a wrong one stops the start with its name', () => {
    const parsed = ['Bücher.Example.', 'wiki:8080', '[FD00::1]:9000', 'fd00::1', '10.1.0.0/16', 'fd00::/8', '127.1']
    expect(parsed.map(parseAllowedHost)).toEqual([
      { type: 'host', host: 'xn--bcher-kva.example', port: undefined },
      { type: 'host', host: 'wiki', port: 8080 },
      { type: 'host', host: 'fd00::1', port: 9000 },
      { type: 'host', host: 'fd00::1', port: undefined },
      { type: 'range', address: '10.1.0.0', prefix: 16 },
      { type: 'range', address: 'fd00::', prefix: 8 },
      { type: 'host', host: '127.0.0.1', port: undefined },
    ])
    const wrong = [
      'http://wiki',
      '10.0.0.0/33',
      'wiki:0',
      'wiki:70000',
      'a/b',
      '::/129',
      'user@wiki',
      '*',
      '[::1',
      'wiki:',
    ]
    expect(wrong.map(parseAllowedHost)).toEqual(wrong.map(() => undefined))
    expect(() => readConfig({ QUORY_EGRESS_ALLOW: 'wiki.intranet, 10.0.0.0/99' })).toThrow(
      'QUORY_EGRESS_ALLOW: 10.0.0.0/99 is no host',
    )
  })
})

describe('redirects', () => {
  it('are followed as browsers do, and what may be secret stays with the origin it was for', async () => {
    const seen: unknown[] = []
    await using other = await startWebServer({
      '/end': ({ method, headers }) => {
        seen.push({
          method,
          secret: headers.authorization ?? headers.cookie ?? headers['x-api-key'],
          agent: headers['user-agent'],
        })
        return 'there'
      },
    })
    await using server = await startWebServer({
      '/same': { status: 302, headers: { location: '/away' } },
      '/away': ({ headers }) => {
        seen.push(headers.authorization)
        return { status: 307, headers: { location: `${other.url}/end` } }
      },
    })
    await using egress = openEgress()
    const headers = { authorization: 'Bearer s', cookie: 'a=b', 'x-api-key': 'k', 'user-agent': 'test' }
    await using response = await egress.request(`${server.url}/same`, { headers, signal })
    expect(response.url).toBe(`${other.url}/end`)
    expect(await text(response.body)).toBe('there')
    expect(seen).toEqual(['Bearer s', { method: 'GET', secret: undefined, agent: 'test' }])
  })

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [302, 'PUT', 'PUT', 'body'],
    [307, 'POST', 'POST', 'body'],
    [308, 'POST', 'POST', 'body'],
  ])('a %i makes a %s a %s', async (status, method, becomes, arrives) => {
    let arrived: unknown
    await using server = await startWebServer({
      '/from': { status, headers: { location: '/to' } },
      '/to': (request, response) => {
        void text(request).then((body) => {
          arrived = { method: request.method, body }
          response.end('done')
        })
        return undefined
      },
    })
    await using egress = openEgress()
    const body = method === 'HEAD' ? undefined : 'body'
    await using response = await egress.request(`${server.url}/from`, { method, body, signal })
    await text(response.body)
    expect(arrived).toEqual({ method: becomes, body: arrives })
  })

  it('a body is not sent on to another origin', async () => {
    await using other = await startWebServer({ '/': 'x' })
    await using server = await startWebServer({ '/': { status: 307, headers: { location: other.url } } })
    await using egress = openEgress()
    const call = egress.request(server.url, { method: 'POST', body: 'secret', signal })
    await expect(call).rejects.toThrow(EgressRefused)
    expect(other.connections).toBe(0)
  })

  it('end: a loop, a long chain, and none at all when it says so', async () => {
    await using server = await startWebServer({
      '/loop': { status: 302, headers: { location: '/loop' } },
      ...Object.fromEntries(
        Array.from({ length: 6 }, (_, n) => [`/${n}`, { status: 302, headers: { location: `/${n + 1}` } }] as const),
      ),
      '/6': 'end',
    })
    await using egress = openEgress()
    const loop = await failureOf(() => egress.request(`${server.url}/loop`, { signal }))
    expect([loop.kind, loop.message]).toEqual([
      'too_many_redirects',
      `127.0.0.1:${server.port} sends on more than 5 times.`,
    ])
    expect(server.requests).toHaveLength(6)
    expect((await failureOf(() => egress.request(`${server.url}/0`, { signal }))).kind).toBe('too_many_redirects')
    await using enough = await egress.request(`${server.url}/1`, { signal })
    expect(await text(enough.body)).toBe('end')
    await using none = await egress.request(`${server.url}/1`, { signal, maxRedirects: 0 })
    expect([none.status, none.headers.get('location')]).toEqual([302, '/2'])
  })
})

describe('limits', () => {
  const page = (reply: WebReply) => startWebServer({ '/': reply })
  const read = async (egress: Egress, url: string, maxBytes: number) => {
    await using response = await egress.request(url, { maxBytes, signal })
    return await buffer(response.body)
  }

  it('of size hold with and without an announced length', async () => {
    await using announced = await page({ body: 'x'.repeat(2_000) })
    await using streamed = await startWebServer({
      '/': (_request, response) => {
        response.writeHead(200)
        for (let i = 0; i < 20; i++) response.write('x'.repeat(100))
        response.end()
        return undefined
      },
    })
    await using egress = openEgress()
    for (const { url } of [announced, streamed]) {
      expect((await read(egress, url, 2_000)).length).toBe(2_000)
      const failure = await failureOf(() => read(egress, url, 1_999))
      expect([failure.kind, failure.message]).toEqual([
        'too_large',
        `What ${new URL(url).host} sent is larger than 1999 bytes.`,
      ])
    }
  })

  const encodings = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync, deflate: deflateSync } as const
  it.each(Object.entries(encodings))('%s is unfolded, and a bomb of it is defused', async (encoding, compress) => {
    const headers = { 'content-encoding': encoding }
    await using server = await startWebServer({
      '/good': { headers, body: compress(Buffer.from('straightforward '.repeat(1_000))) },
      '/bomb': { headers, body: compress(Buffer.alloc(10_000_000)) },
      '/damaged': { headers, body: compress(Buffer.from('straightforward '.repeat(1_000))).subarray(0, -9) },
      '/not': { headers, body: 'plain text' },
      '/empty': { headers },
    })
    await using egress = openEgress()
    expect((await read(egress, `${server.url}/good`, 16_000)).toString()).toBe('straightforward '.repeat(1_000))
    expect((await failureOf(() => read(egress, `${server.url}/good`, 15_999))).kind).toBe('too_large')
    const bomb = await failureOf(() => read(egress, `${server.url}/bomb`, 1_000_000_000))
    expect([bomb.kind, bomb.message]).toEqual(['too_large', expect.stringContaining('unfolds to more than 200 times')])
    for (const path of ['/damaged', '/not']) {
      expect((await failureOf(() => read(egress, server.url + path, 16_000))).message).toMatch(
        /compressed, but damaged/,
      )
    }
    expect((await read(egress, `${server.url}/empty`, 10)).length).toBe(0)
  })

  it('two layers of compression are unfolded, three and unknown ones are refused', async () => {
    const [one, two] = [gzipSync('twice'), gzipSync(gzipSync(Buffer.alloc(10_000_000)))]
    await using server = await startWebServer({
      '/two': { headers: { 'content-encoding': 'gzip, br' }, body: brotliCompressSync(one) },
      '/bomb': { headers: { 'content-encoding': 'gzip, gzip' }, body: two },
      '/three': { headers: { 'content-encoding': 'gzip, gzip, gzip' }, body: gzipSync(two) },
      '/unknown': { headers: { 'content-encoding': 'compress' }, body: one },
      '/identity': { headers: { 'content-encoding': 'identity' }, body: 'as it is' },
    })
    await using egress = openEgress()
    expect((await read(egress, `${server.url}/two`, 100_000)).toString()).toBe('twice')
    expect((await read(egress, `${server.url}/identity`, 100_000)).toString()).toBe('as it is')
    expect((await failureOf(() => read(egress, `${server.url}/bomb`, 1_000_000_000))).kind).toBe('too_large')
    expect((await failureOf(() => read(egress, `${server.url}/three`, 1_000))).message).toMatch(/too often/)
    expect((await failureOf(() => read(egress, `${server.url}/unknown`, 1_000))).message).toMatch(
      /not known \(compress\)/,
    )
  })

  it('of headers hold', async () => {
    await using server = await page({ headers: { 'x-long': 'x'.repeat(70_000) } })
    await using egress = openEgress()
    const failure = await failureOf(() => egress.request(server.url, { signal }))
    expect([failure.kind, failure.message]).toEqual(['too_large', expect.stringContaining('more headers')])
  })

  it('of time hold for a server that says nothing, stops in the middle, or drips', async () => {
    await using server = await startWebServer({
      '/silent': () => undefined,
      '/stops': (_request, response) => void response.writeHead(200).write('a'),
      '/drips': (_request, response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write('.'), 20)
        response.on('close', () => clearInterval(timer))
        return undefined
      },
    })
    await using egress = openEgress()
    const attempt = async (path: string, limits: object) => {
      await using response = await egress.request(server.url + path, { ...limits, signal })
      return await text(response.body)
    }
    for (const path of ['/silent', '/stops', '/drips']) {
      const failure = await failureOf(() => attempt(path, { timeoutMs: 300 }))
      expect([failure.kind, failure.message]).toEqual([
        'timeout',
        `127.0.0.1:${server.port} did not finish answering within 1 s.`,
      ])
    }
    for (const path of ['/silent', '/stops']) {
      const failure = await failureOf(() => attempt(path, { idleTimeoutMs: 200 }))
      expect([failure.kind, failure.message]).toEqual(['timeout', `127.0.0.1:${server.port} did not answer in time.`])
    }
  })

  it('of time hold while a name server says nothing, and an abort ends it at once', async () => {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    const resolve = createResolver({ servers: [`127.0.0.1:${socket.address().port}`] })
    await using egress = new Egress({ allow: [], resolve })
    const started = Date.now()
    const failure = await failureOf(() => egress.request('http://slow.test/', { timeoutMs: 200, signal }))
    expect(failure.kind).toBe('timeout')
    const reason = new Error('Stopped by the test')
    const stop = new AbortController()
    const call = egress.request('http://slow.test/', { signal: stop.signal })
    stop.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect(Date.now() - started).toBeLessThan(3_000)
    socket.close()
  })
})

describe('failures are said in words', () => {
  it('a host that is not there, refuses, breaks off, or speaks no HTTP', async () => {
    await using server = await startWebServer({
      '/cut': (_request, response) => void response.socket?.resetAndDestroy(),
      '/short': (_request, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('too little', () => response.socket?.destroy())
        return undefined
      },
      '/odd': (_request, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'),
    })
    await using egress = openEgress('127.0.0.0/8', {
      resolve: async (name) => {
        throw Object.assign(new Error(`queryA ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
      },
    })
    const words = async (url: string) =>
      (
        await failureOf(async () => {
          await using response = await egress.request(url, { signal })
          await text(response.body)
        })
      ).message
    expect(await words('http://nowhere.test/')).toBe('There is no host named nowhere.test.')
    expect(await words('http://127.0.0.1:1024/')).toMatch(/refuses the connection/)
    expect(await words(`${server.url}/cut`)).toMatch(/broke the connection off/)
    expect(await words(`${server.url}/short`)).toMatch(/broke the connection off/)
    expect(await words(`${server.url}/odd`)).toMatch(/not proper HTTP/)
  })
})

describe('https', () => {
  const ours = getCACertificates('default')
  afterEach(() => setDefaultCACertificates(ours))

  it('is checked against the name that was asked for, though the address was looked up by us', async () => {
    const seen: (string | undefined)[] = []
    await using plain = await startWebServer({
      '/': ({ headers }) => {
        seen.push(headers.authorization)
        return 'plain'
      },
    })
    const server = createTlsServer({ cert: certificate, key: certificateKey }, (request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/down') response.writeHead(302, { location: plain.url }).end()
      else response.end('safe')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await using egress = openEgress('127.0.0.0/8', { resolve: async () => ['127.0.0.1'] })
    const read = async (host: string, path = '/') => {
      const headers = { authorization: 'Bearer s' }
      await using response = await egress.request(`https://${host}:${port}${path}`, { headers, signal })
      return await text(response.body)
    }
    expect((await failureOf(() => read('tls.test'))).message).toMatch(/certificate of tls\.test:\d+ cannot be trusted/)
    setDefaultCACertificates([...ours, certificate])
    expect(await read('tls.test')).toBe('safe')
    expect((await failureOf(() => read('other.test'))).message).toMatch(
      /cannot be trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    )
    expect(await read('tls.test', '/down')).toBe('plain')
    expect(seen).toEqual(['Bearer s', 'Bearer s', undefined])
    server.closeAllConnections()
    server.close()
  })
})

describe('fetch for libraries', () => {
  it('behaves as fetch does', async () => {
    await using server = await startWebServer({
      '/json': { headers: { 'content-type': 'application/json' }, body: '{"a":1}' },
      '/from': { status: 302, headers: { location: '/json' } },
      '/none': { status: 204 },
      '/echo': (request, response) => {
        void text(request).then((body) => response.end(`${request.method} ${request.headers['content-type']} ${body}`))
        return undefined
      },
    })
    await using egress = openEgress()
    const fetch = egress.fetchWithin({ maxBytes: 1_000, timeoutMs: 5_000 })
    const followed = await fetch(`${server.url}/from`)
    expect(await followed.json()).toEqual({ a: 1 })
    expect(followed).toMatchObject({ url: `${server.url}/json`, redirected: true, status: 200, ok: true })
    expect((await fetch(`${server.url}/from`, { redirect: 'manual' })).status).toBe(302)
    await expect(fetch(`${server.url}/from`, { redirect: 'error' })).rejects.toThrow(/sends on/)
    expect((await fetch(`${server.url}/none`)).status).toBe(204)
    expect((await fetch(`${server.url}/missing`)).ok).toBe(false)
    const body = new URLSearchParams({ a: 'b' })
    expect(await (await fetch(`${server.url}/echo`, { method: 'POST', body })).text()).toBe(
      'POST application/x-www-form-urlencoded;charset=UTF-8 a=b',
    )
    await expect(fetch(`${server.url}/echo`, { method: 'POST', body: 'x'.repeat(2_000) })).rejects.toThrow(
      EgressFailure,
    )
    await expect(fetch(`${server.url}/json`, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/)
  })
})

it('proxies of the environment are not used', async () => {
  await using proxy = await startWebServer()
  await using server = await startWebServer({ '/': 'direct' })
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) vi.stubEnv(name, proxy.url)
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  try {
    await using egress = openEgress()
    await using response = await egress.request(server.url, { signal })
    expect(await text(response.body)).toBe('direct')
    expect(await (await egress.fetchWithin()(server.url)).text()).toBe('direct')
    expect(proxy.connections).toBe(0)
  } finally {
    vi.unstubAllEnvs()
  }
})
