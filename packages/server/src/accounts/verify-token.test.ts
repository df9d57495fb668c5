import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openTestDatabase } from '../../test/support/databases.ts'
import { aPrincipal } from '../../test/support/principals.ts'
import { Secret } from '../config-values.ts'
import type { Database } from '../database/database.ts'
import { createLogger } from '../logger.ts'
import { makeApiKey } from './api-key.ts'
import { createApiKey } from './api-key-store.ts'
import { createAuthenticator } from './authenticate.ts'
import { findUser } from './user-store.ts'
import type { TokenConfig } from './verify-token.ts'

const subject = '018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f'
const claims = { sub: subject, email: 'Ada@Example.com' }
const secret = 'an operator keeps this one well'

function startNode(db: Database, config: Partial<TokenConfig>) {
  const unset = { jwtSecret: undefined, jwksUrl: undefined, jwtIssuer: undefined, jwtAudience: undefined }
  return createAuthenticator({ db, config: { ...unset, ...config }, logger: createLogger('silent') })
}

type SigningKey = Parameters<SignJWT['sign']>[0]

function sign(payload: JWTPayload, key: SigningKey, alg: string, kid?: string): Promise<string> {
  const header = kid === undefined ? { alg } : { alg, kid }
  return new SignJWT({ exp: Math.floor(Date.now() / 1000) + 3600, ...payload }).setProtectedHeader(header).sign(key)
}

function signWithSecret(payload: JWTPayload, text = secret): Promise<string> {
  return sign(payload, new TextEncoder().encode(text), 'HS256')
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a token signed with QUORY_JWT_SECRET', () => {
  it('makes its user at the first visit and is them ever after', async () => {
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwtSecret: new Secret(secret) })
    const expected = { userId: subject, email: 'ada@example.com', role: 'user', scope: 'admin' }
    expect(await node.authenticate(await signWithSecret(claims))).toEqual(expected)
    expect(await node.authenticate(await signWithSecret({ ...claims, sub: subject.toUpperCase() }))).toEqual(expected)
  })

  it('whose subject is no UUID is one user, another at another issuer', async () => {
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwtSecret: new Secret(secret) })
    const visit = async (payload: JWTPayload) => (await node.authenticate(await signWithSecret(payload)))?.userId
    const ada = await visit({ sub: 'auth0|1', email: 'ada@example.com', iss: 'a' })
    expect(ada).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await visit({ sub: 'auth0|1', email: 'changed@example.com', iss: 'a' })).toBe(ada)
    const other = await visit({ sub: 'auth0|1', email: 'bob@example.com', iss: 'b' })
    expect(other).toBeDefined()
    expect(other).not.toBe(ada)
  })

  it('takes over nobody by an e-mail that its issuer did not verify', async () => {
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwtSecret: new Secret(secret) })
    const admin = await aPrincipal(db, { role: 'admin' })
    for (const email_verified of [undefined, false, 'true', 1]) {
      expect(
        await node.authenticate(await signWithSecret({ ...claims, email: admin.email, email_verified })),
      ).toBeUndefined()
    }
    const verified = await signWithSecret({ ...claims, email: admin.email, email_verified: true })
    expect(await node.authenticate(verified)).toEqual(admin)
  })

  it('cleans the name it brings', async () => {
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwtSecret: new Secret(secret) })
    const who = await node.authenticate(await signWithSecret({ ...claims, name: ` Ada\0 ${'x'.repeat(200)}` }))
    expect(who && (await findUser(db.query, who.userId))?.name).toBe(`Ada  ${'x'.repeat(95)}`)
  })

  it('ends with its exp, remembered or not', async () => {
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwtSecret: new Secret(secret) })
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
    const token = await signWithSecret({ ...claims, exp: 1_800_000_002 })
    expect(await node.authenticate(token)).toBeDefined()
    vi.setSystemTime(1_800_000_002_000)
    expect(await node.authenticate(token)).toBeUndefined()
  })

  it.each<[string, () => Promise<string>]>([
    ['another secret', () => signWithSecret(claims, 'a guess')],
    ['no signature', async () => new UnsecuredJWT({ ...claims, exp: 4_000_000_000 }).encode()],
    ['another algorithm of the same secret', () => sign(claims, new TextEncoder().encode(secret), 'HS512')],
    ['an exp in the past', () => signWithSecret({ ...claims, exp: 1_000_000_000 })],
    ['no exp', () => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))],
    ['an nbf in the future', () => signWithSecret({ ...claims, nbf: 4_000_000_000 })],
    ['no sub', () => signWithSecret({ email: claims.email })],
    ['an empty sub', () => signWithSecret({ ...claims, sub: '' })],
    ['no email', () => signWithSecret({ sub: subject })],
    ['an email that is none', () => signWithSecret({ ...claims, email: 'a\0@b' })],
    ['an email that is a list', () => signWithSecret({ ...claims, email: ['a@b.c'] })],
    ['a changed claim', async () => tamper(await signWithSecret(claims))],
  ])('is refused with %s', async (_, make) => {
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwtSecret: new Secret(secret) })
    expect(await node.authenticate(await make())).toBeUndefined()
    expect(await db.query.selectFrom('users').select('id').execute()).toEqual([])
  })

  it('must name the issuer and audience that are configured', async () => {
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwtSecret: new Secret(secret), jwtIssuer: 'https://id', jwtAudience: 'quory' })
    const visit = async (payload: JWTPayload) => node.authenticate(await signWithSecret({ ...claims, ...payload }))
    expect(await visit({})).toBeUndefined()
    expect(await visit({ iss: 'https://id' })).toBeUndefined()
    expect(await visit({ iss: 'https://id', aud: 'another app' })).toBeUndefined()
    expect(await visit({ iss: 'https://evil', aud: 'quory' })).toBeUndefined()
    expect(await visit({ iss: 'https://id', aud: ['another app', 'quory'] })).toMatchObject({ userId: subject })
  })
})

function tamper(token: string): string {
  const [header, , signature] = token.split('.')
  const payload = { ...claims, email: 'root@example.com', exp: 4_000_000_000 }
  return [header, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.')
}

/** An issuer's key set over HTTP, as it is at each request. */
async function serveKeySet(answer: () => { status: number; body: string }) {
  let reads = 0
  const server = createServer((_, response) => {
    reads++
    const { status, body } = answer()
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // `address()` is a string only for pipes.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/keys`,
    reads: () => reads,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

describe('a token signed by a key of QUORY_JWKS_URL', () => {
  it.each(['RS256', 'ES256'])('with %s is taken, and the set is read once', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    const stranger = await generateKeyPair(alg)
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg }]
    await using issuer = await serveKeySet(() => ({ status: 200, body: JSON.stringify({ keys }) }))
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwksUrl: issuer.url })
    expect(issuer.reads()).toBe(0)
    expect(await node.authenticate(await sign(claims, privateKey, alg, 'one'))).toMatchObject({ userId: subject })
    expect(await node.authenticate(await sign(claims, stranger.privateKey, alg, 'one'))).toBeUndefined()
    for (let index = 0; index < 5; index++) {
      expect(await node.authenticate(await sign(claims, stranger.privateKey, alg, `unknown ${index}`))).toBeUndefined()
    }
    expect(issuer.reads()).toBe(1)
  })

  it('is not one that took the public key for a shared secret', async () => {
    const { publicKey } = await generateKeyPair('RS256', { extractable: true })
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }]
    await using issuer = await serveKeySet(() => ({ status: 200, body: JSON.stringify({ keys }) }))
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwksUrl: issuer.url, jwtSecret: new Secret(secret) })
    const forged = await sign(claims, new TextEncoder().encode(await exportSPKI(publicKey)), 'HS256', 'one')
    expect(await node.authenticate(forged)).toBeUndefined()
  })

  it.each([
    ['fails', { status: 500, body: 'no' }],
    ['sends no JSON', { status: 200, body: '<html>' }],
    ['sends no set', { status: 200, body: '{"keys":7}' }],
    ['sends a broken key', { status: 200, body: '{"keys":[{"kty":"RSA","kid":"one","alg":"RS256","n":"!","e":"?"}]}' }],
  ])('is refused while the issuer %s, and keys still work', async (_, answer) => {
    const { privateKey } = await generateKeyPair('RS256')
    await using issuer = await serveKeySet(() => answer)
    await using db = await openTestDatabase('sqlite')
    await using node = startNode(db, { jwksUrl: issuer.url })
    expect(await node.authenticate(await sign(claims, privateKey, 'RS256', 'one'))).toBeUndefined()
    const ada = await aPrincipal(db)
    const key = makeApiKey()
    await createApiKey(db.query, ada, { userId: ada.userId, key })
    expect(await node.authenticate(key)).toEqual(ada)
  })
})
