import { createHash } from 'node:crypto'
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose'
import type { Config } from '../config.ts'
import { parseId, type UserId } from '../ids.ts'
import type { Logger } from '../logger.ts'
import { normalizeEmail } from './user.ts'
import type { TokenIdentity } from './user-store.ts'

export type TokenConfig = Pick<Config, 'jwtSecret' | 'jwksUrl' | 'jwtIssuer' | 'jwtAudience'>

interface VerifiedToken {
  readonly identity: TokenIdentity
  readonly expiresAtMs: number
}

export type TokenVerifier = (token: string) => Promise<VerifiedToken | undefined>

const keySetOptions = { timeoutDuration: 5_000, cooldownDuration: 30_000, cacheMaxAge: 600_000 }
const warnEveryMs = 30_000
const unknownKeyCodes = new Set(['ERR_JWKS_NO_MATCHING_KEY', 'ERR_JWKS_MULTIPLE_MATCHING_KEYS'])

/** Three base64url parts of which the first is a JSON object: everything else is left to the keys without any work. */
function looksLikeToken(text: string): boolean {
  return /^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(text)
}

/** A check of signature, `exp`, `sub` and `email`; `undefined` when no token is taken here. jose is loaded by the first token. */
export function createTokenVerifier({
  config,
  logger,
}: {
  config: TokenConfig
  logger: Logger
}): TokenVerifier | undefined {
  if (config.jwtSecret === undefined && config.jwksUrl === undefined) return undefined
  let loading: Promise<TokenVerifier> | undefined
  return async (token) => {
    if (!looksLikeToken(token)) return undefined
    loading ??= loadVerifier(config, logger)
    return await (await loading)(token)
  }
}

async function loadVerifier(config: TokenConfig, logger: Logger): Promise<TokenVerifier> {
  const { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } = await import('jose')
  const secret = config.jwtSecret === undefined ? undefined : new TextEncoder().encode(config.jwtSecret.reveal())
  const keySet = config.jwksUrl === undefined ? undefined : createRemoteJWKSet(new URL(config.jwksUrl), keySetOptions)
  const warn = atMostEvery(warnEveryMs, (error: unknown) =>
    logger.warn({ error: String(error) }, 'the key set at QUORY_JWKS_URL could not be read; its tokens are refused'),
  )
  const required: JWTVerifyOptions = { requiredClaims: ['sub', 'email', 'exp'] }
  if (config.jwtIssuer !== undefined) required.issuer = config.jwtIssuer
  if (config.jwtAudience !== undefined) required.audience = config.jwtAudience

  /** Which algorithm goes with which key is ours to say, never the token's. */
  async function verify(token: string): Promise<JWTPayload | undefined> {
    const { alg } = decodeProtectedHeader(token)
    if (alg === 'HS256' && secret !== undefined) {
      return (await jwtVerify(token, secret, { ...required, algorithms: ['HS256'] })).payload
    }
    if ((alg === 'RS256' || alg === 'ES256') && keySet !== undefined) {
      return (await jwtVerify(token, watchReading(keySet, warn), { ...required, algorithms: [alg] })).payload
    }
    return undefined
  }

  return async (token) => {
    try {
      const payload = await verify(token)
      return payload === undefined ? undefined : toVerifiedToken(payload)
    } catch (error) {
      // What jose refuses; a TypeError from decoding what is no token or from an issuer out of reach; a broken key in its set.
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
        return undefined
      throw error
    }
  }
}

/** Tells a key set that cannot be read from a key that is not in it. */
function watchReading(keySet: JWTVerifyGetKey, warn: (error: unknown) => void): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keySet(header, token)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && unknownKeyCodes.has(String(error.code)))) warn(error)
      throw error
    }
  }
}

function atMostEvery<A extends unknown[]>(ms: number, call: (...args: A) => void): (...args: A) => void {
  let lastMs = Number.NEGATIVE_INFINITY
  return (...args) => {
    if (Date.now() - lastMs < ms) return
    lastMs = Date.now()
    call(...args)
  }
}

function toVerifiedToken(payload: JWTPayload): VerifiedToken | undefined {
  const { sub, exp, iss } = payload
  const { email: claimed, email_verified: isVerified, name }: Readonly<Record<string, unknown>> = payload
  const email = typeof claimed === 'string' ? normalizeEmail(claimed) : undefined
  if (typeof sub !== 'string' || sub === '' || exp === undefined || email === undefined) return undefined
  return {
    identity: {
      userId: parseId<UserId>(sub) ?? deriveUserId(iss ?? '', sub),
      email,
      isEmailVerified: isVerified === true,
      name: typeof name === 'string' ? cleanName(name) : undefined,
    },
    expiresAtMs: exp * 1000,
  }
}

/** A version 8 UUID (RFC 9562: of our own making) that one issuer's subject always gets. */
function deriveUserId(issuer: string, subject: string): UserId {
  const bytes = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest()
    .subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  // Built here from sixteen bytes, so it is a UUID.
  return parts.join('-') as UserId
}

function cleanName(text: string): string | undefined {
  const name = [...text.replace(/\p{Cc}/gu, ' ').trim()].slice(0, 100).join('')
  return name === '' ? undefined : name
}
