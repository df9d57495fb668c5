import { createHash } from 'node:crypto'
import type { Database } from '../database/database.ts'
import type { Logger } from '../logger.ts'
import { hashApiKey } from './api-key.ts'
import { findKeyOwner } from './api-key-store.ts'
import { createKeyUseLog } from './key-use-log.ts'
import type { Principal } from './principal.ts'
import { type CheckedCredential, createPrincipalCache, type ForgetTarget } from './principal-cache.ts'
import { findOrCreateTokenUser } from './user-store.ts'
import { createTokenVerifier, type TokenConfig } from './verify-token.ts'

export interface Authenticator {
  /** Whose API key or token this is. Any text may come; what is nobody's gives `undefined`. */
  authenticate(credential: string): Promise<Principal | undefined>
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

  async function check(credential: string, hash: string): Promise<CheckedCredential> {
    const keep = cache.beginCheck()
    const checked = (await checkToken(credential)) ?? (await checkKey(credential))
    keep(hash, checked)
    return checked
  }

  function beginCheck(credential: string, hash: string): Promise<CheckedCredential> {
    const running = check(credential, hash).finally(() => {
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

  return {
    async authenticate(credential) {
      if (credential === '' || credential.length > maxCredentialLength) return undefined
      const hash = createHash('sha256').update(credential).digest('base64')
      let checked = cache.find(hash)
      if (checked === undefined) {
        checked = await (checks.get(hash) ?? beginCheck(credential, hash))
      }
      if (checked.keyId !== undefined) keyUse.note(checked.keyId)
      return checked.principal
    },
    forget(target) {
      cache.forget(target)
      // A check that began before the change must not answer a request that comes after it.
      checks.clear()
    },
    [Symbol.asyncDispose]: () => keyUse[Symbol.asyncDispose](),
  }
}

const nobody: CheckedCredential = { principal: undefined, keyId: undefined, endsAtMs: Number.POSITIVE_INFINITY }
