import { createHash } from 'node:crypto'
import type { Database } from '../database/database.ts'
import type { Logger } from '../logger.ts'
import { hashApiKey } from './api-key.ts'
import { findKeyOwner } from './api-key-store.ts'
import { createKeyUseLog } from './key-use-log.ts'
import type { Principal } from './principal.ts'
import { type CheckedCredential, createPrincipalCache, type ForgetTarget } from './principal-cache.ts'
import { extendSession, findSessionOwner, isDue } from './sign-in/session-store.ts'
import { findOrCreateTokenUser } from './user-store.ts'
import { createTokenVerifier, type TokenConfig } from './verify-token.ts'

export interface Authenticator {
  /** Whose API key or token this is. Any text may come; what is nobody's gives `undefined`. */
  authenticate(credential: string): Promise<Principal | undefined>
  /** Whose session this token of a cookie is. */
  authenticateSession(token: string): Promise<Principal | undefined>
  /** What was just revoked, deleted or changed stops working on this node now; on the others within 5 s. */
  forget(target: ForgetTarget): void
  [Symbol.asyncDispose](): Promise<void>
}

/** Longer than Node lets a header be. */
const maxCredentialLength = 16_384

export function createAuthenticator(dependencies: {
  db: Database
  config: TokenConfig
  logger: Logger
}): Authenticator {
  const { db } = dependencies
  const verifyToken = createTokenVerifier(dependencies)
  const cache = createPrincipalCache()
  const keyUse = createKeyUseLog(dependencies)
  /** Requests that come while their credential is being checked wait for that one check. */
  const checks = new Map<string, Promise<CheckedCredential>>()

  async function keepChecked(hash: string, check: () => Promise<CheckedCredential>): Promise<CheckedCredential> {
    const keep = cache.beginCheck()
    const checked = await check()
    keep(hash, checked)
    return checked
  }

  function beginCheck(hash: string, check: () => Promise<CheckedCredential>): Promise<CheckedCredential> {
    const running = keepChecked(hash, check).finally(() => {
      if (checks.get(hash) === running) checks.delete(hash)
    })
    checks.set(hash, running)
    return running
  }

  async function checkToken(credential: string): Promise<CheckedCredential | undefined> {
    const token = await verifyToken?.(credential)
    const user = token === undefined ? undefined : await findOrCreateTokenUser(db.query, token.identity)
    if (token === undefined || user === undefined) return undefined
    const principal: Principal = { userId: user.id, email: user.email, role: user.role, scope: 'admin' }
    return { principal, keyId: undefined, endsAtMs: token.expiresAtMs }
  }

  async function checkKey(credential: string): Promise<CheckedCredential> {
    const owner = await findKeyOwner(db.query, hashApiKey(credential))
    const endsAtMs =
      owner === undefined || owner.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(owner.expiresAt)
    if (owner === undefined || endsAtMs <= Date.now()) return nobody
    const { keyId, userId, email, role, scope } = owner
    return { principal: { userId, email, role, scope }, keyId, endsAtMs }
  }

  async function checkSession(token: string): Promise<CheckedCredential> {
    const owner = await findSessionOwner(db.query, token)
    const endsAtMs = owner === undefined ? Number.POSITIVE_INFINITY : Date.parse(owner.expiresAt)
    if (owner === undefined || endsAtMs <= Date.now()) return nobody
    if (isDue(owner)) await noteVisit(token)
    const { userId, email, role } = owner
    return { principal: { userId, email, role, scope: 'admin' }, keyId: undefined, endsAtMs }
  }

  async function noteVisit(token: string): Promise<void> {
    try {
      await extendSession(db.query, token)
    } catch (error) {
      // Whatever the database has against it, reading goes on; the next visit is noted as well.
      dependencies.logger.warn({ error }, 'could not note a visit')
    }
  }

  async function find(
    kind: string,
    credential: string,
    check: (credential: string) => Promise<CheckedCredential>,
  ): Promise<Principal | undefined> {
    if (credential === '' || credential.length > maxCredentialLength) return undefined
    const hash = createHash('sha256').update(`${kind}:${credential}`).digest('base64')
    const checked = cache.find(hash) ?? (await (checks.get(hash) ?? beginCheck(hash, () => check(credential))))
    if (checked.keyId !== undefined) keyUse.note(checked.keyId)
    return checked.principal
  }

  return {
    authenticate: (credential) =>
      find('bearer', credential, async (text) => (await checkToken(text)) ?? (await checkKey(text))),
    authenticateSession: (token) => find('session', token, checkSession),
    forget(target) {
      cache.forget(target)
      // A check that began before the change must not answer a request that comes after it.
      checks.clear()
    },
    [Symbol.asyncDispose]: () => keyUse[Symbol.asyncDispose](),
  }
}

const nobody: CheckedCredential = { principal: undefined, keyId: undefined, endsAtMs: Number.POSITIVE_INFINITY }
