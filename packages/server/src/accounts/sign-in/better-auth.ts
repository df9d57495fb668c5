import { randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { handleOAuthUserInfo } from 'better-auth/oauth2'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from '../../database/database.ts'
import type { Schema } from '../../database/schema.ts'
import { newId, type UserId } from '../../ids.ts'

/** Somebody whom an OpenID provider knows. */
export interface ProviderIdentity {
  /** Names the issuer: the same subject of another one is somebody else. */
  readonly provider: string
  readonly subject: string
  readonly email: string
  readonly isEmailVerified: boolean
  readonly name: string
}

/** What we use of better-auth. Importing this file loads it, so that is left to the first who signs in. */
export interface BetterAuth {
  hashPassword(password: string): Promise<string>
  verifyPassword(hash: string, password: string): Promise<boolean>
  findPassword(email: string): Promise<{ readonly userId: UserId; readonly hash: string } | undefined>
  /** The token of a new session. */
  createSession(userId: UserId): Promise<string>
  /** The same for whoever the provider says it is: a user it is linked to, or links to by a verified e-mail. */
  createProviderSession(identity: ProviderIdentity): Promise<string | undefined>
  [Symbol.asyncDispose](): Promise<void>
}

export async function openBetterAuth(db: Database, databaseUrl: string | undefined): Promise<BetterAuth> {
  const own = databaseUrl === undefined ? undefined : openOwnPool(databaseUrl)
  const auth = betterAuth({
    baseURL: 'http://localhost',
    // Nothing that it signs leaves this process: cookies are ours.
    secret: randomBytes(32).toString('base64url'),
    database: { db: own ?? db.query, type: db.engine },
    ...models,
    advanced: { database: { generateId: () => newId() } },
    emailAndPassword: { enabled: true, disableSignUp: true },
    logger: { disabled: true },
    telemetry: { enabled: false },
  })
  const context = await auth.$context
  const { internalAdapter, password } = context

  return {
    hashPassword: (text) => password.hash(text),
    verifyPassword: (hash, text) => password.verify({ hash, password: text }),
    async findPassword(email) {
      const found = await internalAdapter.findUserByEmail(email, { includeAccounts: true })
      const hash = found?.accounts.find(({ providerId }) => providerId === 'credential')?.password
      // Its ids are the ones that our table holds.
      return found === null || typeof hash !== 'string' ? undefined : { userId: found.user.id as UserId, hash }
    },
    createSession: async (userId) => (await internalAdapter.createSession(userId)).token,
    async createProviderSession({ provider, subject, email, isEmailVerified, name }) {
      // It uses nothing of a request but the context.
      const request = { context } as Parameters<typeof handleOAuthUserInfo>[0]
      const { data } = await handleOAuthUserInfo(request, {
        userInfo: { id: subject, email, emailVerified: isEmailVerified, name },
        account: { providerId: provider, accountId: subject },
        disableSignUp: true,
      })
      return data?.session.token
    },
    async [Symbol.asyncDispose]() {
      await own?.destroy()
    },
  }
}

/** Its times are `Date`, which ours are not: an expired session would never be seen to be. */
function openOwnPool(connectionString: string): Kysely<Schema> {
  const pool = new pg.Pool({
    connectionString,
    application_name: 'quory sign-in',
    max: 2,
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: 10_000,
    query_timeout: 15_000,
  })
  // A connection that breaks while nobody uses it is replaced by the next that is needed.
  pool.on('error', () => undefined)
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
}

const times = { createdAt: 'created_at', updatedAt: 'updated_at' }

/** Our tables by its names. */
const models = {
  user: {
    modelName: 'users',
    fields: { emailVerified: 'email_verified', ...times },
    additionalFields: { role: { type: 'string', input: false, defaultValue: 'user' } },
  },
  session: {
    modelName: 'sessions',
    fields: {
      userId: 'user_id',
      expiresAt: 'expires_at',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
      ...times,
    },
  },
  account: {
    modelName: 'accounts',
    fields: {
      accountId: 'account_id',
      providerId: 'provider_id',
      userId: 'user_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      ...times,
    },
    // The users are those whom an administrator invited, by an address that nobody had to prove yet.
    accountLinking: { enabled: true, requireLocalEmailVerified: false },
  },
  verification: { modelName: 'verifications', fields: { expiresAt: 'expires_at', ...times } },
} as const
