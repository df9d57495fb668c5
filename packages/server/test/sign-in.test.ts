import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sqlitePath } from '../src/database/sqlite.ts'
import { createTestDatabase, engines } from './support/databases.ts'
import { password, signIn, startHumanApp, welcomeFirst } from './support/people.ts'
import { startTestApp, type TestApp } from './support/start-test-app.ts'

const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }

describe.each(engines)('signing in on %s', (engine) => {
  it('begins with a link that makes the administrator a person, who keeps what the key made', async () => {
    await using app = await startHumanApp({ engine })
    const before = (await app.call('GET', '/v1/me')).body
    expect((await app.as(undefined)('GET', '/v1/auth/options')).body).toEqual({
      password: true,
      oidc: null,
      first_run: true,
    })
    const token = (await app.app.makeFirstLink()) ?? ''
    const read = await app.as(undefined)('POST', '/v1/auth/link', { token })
    expect(read.body).toEqual({ email: null, name: '' })
    const reserved = { token, password, name: 'Ada', email: 'Admin@Localhost' }
    expect((await app.as(undefined)('POST', '/v1/auth/welcome', reserved)).status).toBe(422)
    const browser = await welcomeFirst(app, token)
    const me = (await browser('GET', '/v1/me')).body
    expect(me).toMatchObject({
      id: before.id,
      email: 'ada@example.org',
      name: 'Ada',
      role: 'admin',
      has_password: true,
    })
    expect(me.default_project_id).toBe(before.default_project_id)
    expect((await app.call('GET', '/v1/me')).body.email).toBe('ada@example.org')
    const again = { token, password, name: 'Eve', email: 'eve@example.org' }
    expect((await app.as(undefined)('POST', '/v1/auth/welcome', again)).body.code).toBe('sign_in_link_not_found')
    expect(await app.app.makeFirstLink()).toBeUndefined()
    await app.restart()
    expect((await app.call('GET', '/v1/me')).body.id).toBe(before.id)
    expect((await browser('GET', '/v1/me')).status).toBe(200)
    expect((await app.call('POST', '/v1/users', { email: 'admin@localhost' })).status).toBe(409)
  })

  it('refuses a wrong password and an unknown e-mail alike, and says when to try again after too many', async () => {
    await using app = await startHumanApp({ engine })
    await welcomeFirst(app)
    const attempt = (email: string, wrong: string) =>
      app.as(undefined)('POST', '/v1/auth/sign-in', { email, password: wrong })
    const [wrong, unknown] = [
      await attempt('ada@example.org', 'not this'),
      await attempt('nobody@example.org', 'nor this'),
    ]
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect({ ...wrong.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' })
    for (let count = 1; count < 10; count++) expect((await attempt('ada@example.org', 'no')).status).toBe(401)
    const late = await attempt('ada@example.org', password)
    expect([late.status, late.body.code]).toEqual([429, 'too_many_attempts'])
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(late.headers.get('retry-after'))).toBeLessThanOrEqual(300)
  })

  it('lets an invited user in, and out again everywhere at once', async () => {
    await using app = await startHumanApp({ engine })
    await welcomeFirst(app)
    const { id } = (await app.call('POST', '/v1/users', { email: 'bob@example.org', name: 'Bob' })).body
    const link = (await app.call('POST', `/v1/users/${id}/sign-in-link`)).body
    expect(link.url).toBe(`${app.url}/welcome?token=${link.token}`)
    const read = await app.as(undefined)('POST', '/v1/auth/link', { token: link.token })
    expect(read.body).toEqual({ email: 'bob@example.org', name: 'Bob' })
    await app.as(undefined)('POST', '/v1/auth/welcome', { token: link.token, password, email: 'eve@example.org' })
    const phone = await signIn(app, 'Bob@example.org', password)
    const laptop = await signIn(app, 'bob@example.org', password)
    expect((await phone('GET', '/v1/me')).body).toMatchObject({ id, email: 'bob@example.org', role: 'user' })
    const change = { current_password: password, new_password: 'another long one' }
    expect((await phone('POST', '/v1/auth/password', { ...change, current_password: 'wrong' })).body.code).toBe(
      'wrong_password',
    )
    expect((await phone('POST', '/v1/auth/password', change)).status).toBe(200)
    expect((await phone('GET', '/v1/me')).status).toBe(200)
    expect((await laptop('GET', '/v1/me')).status).toBe(401)
    const tablet = await signIn(app, 'bob@example.org', 'another long one')
    expect((await phone('POST', '/v1/auth/sign-out')).status).toBe(200)
    expect((await phone('GET', '/v1/me')).status).toBe(401)
    expect((await tablet('GET', '/v1/me')).status).toBe(200)
    expect((await tablet('POST', '/v1/auth/sign-out-everywhere')).status).toBe(200)
    expect((await tablet('GET', '/v1/me')).status).toBe(401)
    const desk = await signIn(app, 'bob@example.org', 'another long one')
    expect((await desk('GET', '/user')).status).toBe(200)
    await app.call('DELETE', `/v1/users/${id}`)
    expect((await desk('GET', '/v1/me')).status).toBe(401)
  })

  it('ends a session whose time has come, and keeps nothing that would sign anybody in', async () => {
    await using app = await startHumanApp({ engine })
    const browser = await welcomeFirst(app)
    const rows = await app.rows('select token, expires_at from sessions')
    expect(rows).toHaveLength(1)
    expect(browser.cookie).not.toContain(String(rows[0]?.['token']))
    await app.rows("update sessions set expires_at = '2020-01-01T00:00:00.000Z' returning id")
    await app.restart()
    expect((await browser('GET', '/v1/me')).status).toBe(401)
  })
})

it('a node forgets within five seconds who signed out on another', async () => {
  await using first = await startHumanApp({ engine: 'postgres' })
  await using second = await startTestApp({ engine: 'postgres', place: first.place })
  const browser = await welcomeFirst(first)
  const there = second.as(undefined)
  const cookie = { cookie: browser.cookie }
  expect((await there('GET', '/v1/me', undefined, cookie)).status).toBe(200)
  const startedAt = Date.now()
  await browser('POST', '/v1/auth/sign-out-everywhere')
  while ((await there('GET', '/v1/me', undefined, cookie)).status === 200) {
    expect(Date.now() - startedAt).toBeLessThan(5_000)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}, 15_000)

describe('a cookie', () => {
  it('counts for requests of our own page alone', async () => {
    await using app = await startHumanApp({})
    const browser = await welcomeFirst(app)
    const make = (headers: Record<string, string>) =>
      app.as(undefined)('POST', '/v1/users', { email: 'eve@example.org' }, { cookie: browser.cookie, ...headers })
    expect((await make({})).status).toBe(401)
    expect((await make(crossSite)).status).toBe(401)
    expect((await make({ 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' })).status).toBe(401)
    expect((await make({ origin: 'http://127.0.0.1:1' })).status).toBe(401)
    expect((await make({ origin: 'null' })).status).toBe(401)
    expect((await browser('GET', '/v1/me', undefined, crossSite)).status).toBe(401)
    expect((await browser('GET', '/user', undefined, crossSite)).status).toBe(403)
    expect((await browser('GET', '/v1/me', undefined, { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await make({ origin: app.url })).status).toBe(201)
    expect((await browser('POST', '/v1/auth/sign-out', undefined, crossSite)).status).toBe(200)
    expect((await browser('GET', '/v1/me')).status).toBe(200)
  })

  it('is nothing beside a key', async () => {
    await using app = await startHumanApp({})
    const browser = await welcomeFirst(app)
    expect((await browser('GET', '/v1/me', undefined, { authorization: 'Bearer wrong' })).status).toBe(401)
    const key = { authorization: `Bearer ${app.adminKey}`, ...crossSite }
    expect((await browser('GET', '/v1/me', undefined, key)).status).toBe(200)
  })

  it('is kept from scripts, other sites and, with HTTPS, plain connections', async () => {
    await using plain = await startHumanApp({})
    expect((await welcomeFirst(plain)).setCookie).toMatch(
      /^quory_session_[0-9a-f]{8}=[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
    )
    await using secure = await startHumanApp({ env: { QUORY_URL: 'https://quory.example.org/' } })
    expect((await welcomeFirst(secure)).setCookie).toMatch(/; Secure$/)
    await using proxied = await startHumanApp({ env: { QUORY_TRUSTED_PROXIES: '127.0.0.1, ::1' } })
    expect((await welcomeFirst(proxied, undefined, { 'x-forwarded-proto': 'https' })).setCookie).toMatch(/; Secure$/)
    await using unproxied = await startHumanApp({})
    expect((await welcomeFirst(unproxied, undefined, { 'x-forwarded-proto': 'https' })).setCookie).not.toMatch(/Secure/)
  })

  it('is given to no page of another site', async () => {
    await using app = await startHumanApp({})
    await welcomeFirst(app)
    const body = { email: 'ada@example.org', password }
    const forged = await app.as(undefined)('POST', '/v1/auth/sign-in', body, crossSite)
    expect([forged.status, forged.headers.get('set-cookie')]).toEqual([403, null])
  })
})

describe('the cookie of a session', () => {
  it('leaves those of other servers on the same host alone, and is the same after a restart', async () => {
    await using one = await startHumanApp({})
    await using place = await createTestDatabase('sqlite')
    // Not a copy of the tests' own, as the first one is: made by this start.
    rmSync(sqlitePath(place.dataDir))
    await using other = await startTestApp({ place })
    const cookies = [(await welcomeFirst(one)).cookie, (await welcomeFirst(other)).cookie]
    const [oneName, otherName] = cookies.map((cookie) => cookie.split('=')[0])
    expect(oneName).not.toBe(otherName)
    // As a browser sends them: all of the host's, whatever the port.
    const headers = { cookie: cookies.join('; ') }
    const me = (app: TestApp) => app.as(undefined)('GET', '/v1/me', undefined, headers)
    expect([(await me(one)).status, (await me(other)).status]).toEqual([200, 200])
    await one.restart()
    expect((await me(one)).status).toBe(200)
    const left = await one.as(undefined)('POST', '/v1/auth/sign-out', undefined, { ...headers, origin: one.url })
    expect(left.headers.get('set-cookie')).toMatch(`${oneName}=; `)
    expect([(await me(one)).status, (await me(other)).status]).toEqual([401, 200])
  })

  it('counts at all nodes of one database', async () => {
    await using app = await startHumanApp({ engine: 'postgres' })
    await using node = await startTestApp({ place: app.place })
    const { cookie } = await welcomeFirst(app)
    expect((await node.as(undefined)('GET', '/v1/me', undefined, { cookie })).status).toBe(200)
  })
})
