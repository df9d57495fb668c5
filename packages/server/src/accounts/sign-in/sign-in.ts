import { randomBytes } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Config } from '../../config.ts'
import type { Database } from '../../database/database.ts'
import { invalidField, QuoryError } from '../../errors.ts'
import type { UserId } from '../../ids.ts'
import type { Authenticator } from '../authenticate.ts'
import { firstAdministratorEmail, normalizeEmail } from '../user.ts'
import type { BetterAuth, ProviderIdentity } from './better-auth.ts'
import { findPasswordHash, hasAccounts, replacePassword } from './password-store.ts'
import { deleteSession, deleteSessions, keepSession } from './session-store.ts'
import { countAttempt, forgetAttempts } from './sign-in-attempt-store.ts'
import { addSignInLink, findLinkUser, linkBytes, makeLinkToken, useSignInLink } from './sign-in-link-store.ts'
import { takeTurns } from './take-turns.ts'

/** Refused before anything was tried. */
export class TooManyAttemptsError extends QuoryError {
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    super('too_many_attempts', `Too many attempts: try again in ${retryAfterSeconds} seconds`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * Attempts within five minutes. Whoever guesses from one place stops early and stops only themselves; the last number
 * bounds what many places can try on one account, and how long they can keep its owner out.
 */
const most = { here: 10, address: 100, account: 60 }
/** Each costs a core some 60 ms and 32 MB, on threads that files are read with, too. */
const hashing = { atOnce: 2, waiting: 50 }

export type SignIn = ReturnType<typeof createSignIn>

/** Signing in and out. What it needs is loaded by the first who does. */
export function createSignIn({
  db,
  config,
  authenticator,
}: {
  readonly db: Database
  readonly config: Pick<Config, 'databaseUrl'>
  readonly authenticator: Pick<Authenticator, 'forget'>
}) {
  let opening: Promise<BetterAuth> | undefined
  const inTurn = takeTurns(hashing)

  function open(): Promise<BetterAuth> {
    opening ??= import('./better-auth.ts')
      .then(({ openBetterAuth }) => openBetterAuth(db, config.databaseUrl))
      .catch((error: unknown) => {
        opening = undefined
        throw error
      })
    return opening
  }

  async function slowly<T>(work: (auth: BetterAuth) => Promise<T>): Promise<T> {
    const auth = await open()
    const result = await inTurn(async () => ({ value: await work(auth) }))
    if (result === undefined) throw new TooManyAttemptsError(5)
    return result.value
  }

  async function begin(userId: UserId): Promise<string> {
    const token = await (await open()).createSession(userId)
    await keepSession(db.query, token)
    return token
  }

  async function requireTry(account: string, address: string): Promise<string> {
    const place = placeOf(address)
    const here = `here:${place}:${account}`
    const wait =
      (await countAttempt(db, [{ subject: `address:${place}`, most: most.address }])) ??
      (await countAttempt(db, [
        { subject: `account:${account}`, most: most.account },
        { subject: here, most: most.here },
      ]))
    if (wait !== undefined) throw new TooManyAttemptsError(wait)
    return here
  }

  return {
    /** Nobody can sign in yet, so whoever installed the server is to be given a link. */
    isFirstRun: async () => !(await hasAccounts(db.query)),

    /** A link's token for the first administrator; undefined once somebody can sign in. */
    async makeFirstLink(administrator: UserId): Promise<string | undefined> {
      if (await hasAccounts(db.query)) return undefined
      const token = makeLinkToken(randomBytes(linkBytes))
      await addSignInLink(db.query, administrator, token)
      return token
    },

    findLinkUser: (token: string) => findLinkUser(db.query, token),

    /** The session of whoever used their link. */
    async welcome(input: { token: string; password: string; name?: string | undefined; email?: string | undefined }) {
      const user = await findLinkUser(db.query, input.token)
      const isFirst = user.email === firstAdministratorEmail
      const email = isFirst ? requireOwnEmail(input.email) : undefined
      const passwordHash = await slowly((auth) => auth.hashPassword(input.password))
      const userId = await useSignInLink(db, { token: input.token, passwordHash, name: input.name, email })
      authenticator.forget({ userId })
      return await begin(userId)
    },

    /** The same refusal, after the same time, whether the e-mail or the password is wrong. */
    async signIn(input: { readonly email: string; readonly password: string; readonly address: string }) {
      const email = normalizeEmail(input.email) ?? ''
      const here = await requireTry(email, input.address)
      const userId = await slowly(async (auth) => {
        const found = await auth.findPassword(email)
        if (found !== undefined && (await auth.verifyPassword(found.hash, input.password))) return found.userId
        if (found === undefined) await auth.hashPassword(input.password)
        return undefined
      })
      if (userId === undefined) throw new QuoryError('wrong_credentials', 'The e-mail or the password is wrong')
      await forgetAttempts(db.query, here)
      return await begin(userId)
    },

    /** The session of whom an OpenID provider knows, unless nobody here is them. */
    async signInByProvider(identity: ProviderIdentity): Promise<string | undefined> {
      if (normalizeEmail(identity.email) === firstAdministratorEmail) return undefined
      const token = await (await open()).createProviderSession(identity)
      if (token !== undefined) await keepSession(db.query, token)
      return token
    },

    async changePassword(
      userId: UserId,
      input: { current: string; next: string; address: string; keptToken: string | undefined },
    ): Promise<void> {
      const hash = await findPasswordHash(db.query, userId)
      if (hash === undefined) throw new QuoryError('wrong_password', 'You have no password: ask for a link to set one')
      const here = await requireTry(userId, input.address)
      const next = await slowly(async (auth) =>
        (await auth.verifyPassword(hash, input.current)) ? await auth.hashPassword(input.next) : undefined,
      )
      if (next === undefined) throw new QuoryError('wrong_password', 'The current password is wrong')
      await replacePassword(db.query, userId, next)
      await deleteSessions(db.query, userId, input.keptToken)
      authenticator.forget({ userId })
      await forgetAttempts(db.query, here)
    },

    async signOut(token: string): Promise<void> {
      const userId = await deleteSession(db.query, token)
      if (userId !== undefined) authenticator.forget({ userId })
    },

    async signOutEverywhere(userId: UserId): Promise<void> {
      await deleteSessions(db.query, userId)
      authenticator.forget({ userId })
    },

    async [Symbol.asyncDispose](): Promise<void> {
      await (await opening)?.[Symbol.asyncDispose]()
    },
  }
}

/** One connection to the internet: with IPv6 it has a whole network of addresses. */
function placeOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv6' ? parsed.toNormalizedString().split(':').slice(0, 4).join(':') : parsed.toString()
}

function requireOwnEmail(text: string | undefined): string {
  const email = text === undefined ? undefined : normalizeEmail(text)
  if (email !== undefined && email !== firstAdministratorEmail) return email
  throw invalidField({
    type: 'value_error',
    loc: ['body', 'email'],
    msg: 'value is not a valid email address',
    input: text ?? null,
  })
}
