import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Queryable } from '../database/database.ts'
import { findFirstKey } from './api-key-store.ts'

export interface SignedUntil {
  /** Seconds since 1970. */
  readonly expires: number
  readonly signature: string
}

/**
 * Signs what one link may fetch, for browsers, which send no key when they follow it. The secret is the stored hash of
 * the first administrator's key: every node reads the same one, it is never shown, and replacing the key ends all links.
 */
export async function signLink(query: Queryable, subject: string, lifetimeMs: number): Promise<SignedUntil> {
  const expires = Math.floor((Date.now() + lifetimeMs) / 1000)
  return { expires, signature: await sign(query, subject, expires) }
}

export async function isLinkValid(query: Queryable, subject: string, link: SignedUntil): Promise<boolean> {
  if (link.expires * 1000 <= Date.now()) return false
  const [given, wanted] = [Buffer.from(link.signature), Buffer.from(await sign(query, subject, link.expires))]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function sign(query: Queryable, subject: string, expires: number): Promise<string> {
  const secret = (await findFirstKey(query))?.hash
  if (secret === undefined) throw new Error('There is no first key to sign links with')
  return createHmac('sha256', secret).update(`link\n${subject}\n${expires}`).digest('base64url')
}
