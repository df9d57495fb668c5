import { OAuth2Server } from 'oauth2-mock-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { browserWith, startHumanApp } from './support/people.ts'
import type { TestApp } from './support/start-test-app.ts'

/** What the provider says of whoever comes by. */
type Claims = Readonly<Record<string, unknown>>

let provider: OAuth2Server
let claims: Claims = {}

beforeAll(async () => {
  provider = new OAuth2Server()
  await provider.issuer.keys.generate('RS256')
  await provider.start(0, '127.0.0.1')
  provider.service.on('beforeTokenSigning', (token) => Object.assign(token.payload, claims))
})
afterAll(() => provider.stop())

function settings(): Record<string, string> {
  return {
    QUORY_OIDC_ISSUER: provider.issuer.url ?? '',
    QUORY_OIDC_CLIENT_ID: 'quory',
    QUORY_OIDC_CLIENT_SECRET: 'for tests',
    QUORY_OIDC_NAME: 'Example Inc.',
  }
}

/** Goes where a browser would, with the cookie that it was given; what comes back is the last answer. */
async function comeBack(app: TestApp, said: Claims, { next = '/', kept }: { next?: string; kept?: string } = {}) {
  claims = said
  const visit = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers, redirect: 'manual' })
  const left = await visit(`${app.url}/v1/auth/oidc/start?next=${encodeURIComponent(next)}`)
  const attempt = left.headers.get('set-cookie')?.split(';')[0] ?? ''
  const there = await visit(left.headers.get('location') ?? '')
  const back = await visit(there.headers.get('location') ?? '', {
    cookie: kept === undefined ? attempt : `${attempt.split('=')[0]}=${kept}`,
    'sec-fetch-site': 'cross-site',
  })
  const session = back.headers.getSetCookie().find((each) => each.startsWith('quory_session_'))
  return { location: back.headers.get('location'), session }
}

describe.each(engines)('signing in with OpenID on %s', (engine) => {
  it('lets in who was invited by a verified e-mail, knows them by their subject then, and nobody else', async () => {
    await using app = await startHumanApp({ engine, env: settings() })
    const options = await app.as(undefined)('GET', '/v1/auth/options')
    expect(options.body.oidc).toEqual({ name: 'Example Inc.' })
    const { id } = (await app.call('POST', '/v1/users', { email: 'bob@example.org' })).body
    const bob = { sub: 'bob', email: 'Bob@example.org' }
    expect((await comeBack(app, { ...bob, email_verified: false })).location).toBe('/sign-in?problem=unknown')
    expect((await comeBack(app, { ...bob, email_verified: 'true' })).location).toBe('/sign-in?problem=unknown')
    const first = await comeBack(app, { ...bob, email_verified: true }, { next: '/p/1?q=2' })
    expect(first.location).toBe('/p/1?q=2')
    expect((await browserWith(app, first.session ?? '')('GET', '/v1/me')).body.id).toBe(id)
    const renamed = await comeBack(app, { sub: 'bob', email: 'robert@example.org', email_verified: false })
    expect((await browserWith(app, renamed.session ?? '')('GET', '/v1/me')).body.id).toBe(id)
    for (const email of ['eve@example.org', 'admin@localhost', ''])
      expect((await comeBack(app, { sub: email, email, email_verified: true })).location).toBe(
        '/sign-in?problem=unknown',
      )
  })
})

it('goes on only to paths of this server, and only with the cookie of who left', async () => {
  await using app = await startHumanApp({ env: settings() })
  await app.call('POST', '/v1/users', { email: 'bob@example.org' })
  const bob = { sub: 'bob', email: 'bob@example.org', email_verified: true }
  for (const next of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%09/evil.example',
    'javascript:1',
  ])
    expect((await comeBack(app, bob, { next })).location).toMatch(/^\/($|%09)/)
  expect((await comeBack(app, bob, { kept: 'rubbish' })).location).toBe('/sign-in?problem=expired')
  const other = Buffer.from(JSON.stringify({ state: 'a', verifier: 'b', nonce: 'c', next: '/' })).toString('base64url')
  const forged = await comeBack(app, bob, { kept: other })
  expect(forged).toEqual({ location: '/sign-in?problem=provider', session: undefined })
})

it('is a 404 where no provider is set up, and says so when the provider is away', async () => {
  await using without = await startHumanApp({})
  expect((await without.as(undefined)('GET', '/v1/auth/oidc/start')).status).toBe(404)
  await using away = await startHumanApp({ env: { ...settings(), QUORY_OIDC_ISSUER: 'http://127.0.0.1:9' } })
  const left = await fetch(`${away.url}/v1/auth/oidc/start`, { redirect: 'manual' })
  expect(left.headers.get('location')).toBe('/sign-in?problem=provider')
})
