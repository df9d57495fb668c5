import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { type Id, type IdSource, writeId } from '../ids.ts'
import type { Principal } from './principal.ts'

/** What clients may send as Idempotency-Key: 1 to 255 printable characters of ASCII. */
export function isIdempotencyKey(text: string): boolean {
  return /^[\x20-\x7e]{1,255}$/.test(text)
}

/**
 * What a key is found by; the key itself is not kept. The scope is part of it, so that a credential that may do less
 * is never shown what was answered to one that may do more.
 */
export function hashIdempotencyKey({ userId, scope }: Principal, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([userId, scope, key]))
    .digest('hex')
}

export function makeSeed(): string {
  return randomBytes(32).toString('base64url')
}

interface Seeded {
  readonly key: string
  readonly seed: string
  /** When the key was first seen, as the database has it: the time in the ids. */
  readonly createdAt: string
}

/** Ids follow from the seed alone. Secrets follow from seed and key: nobody can make them from what is stored. */
export function createSeededIds({ key, seed, createdAt }: Seeded, made: IdSource['made']): IdSource {
  const timeMs = Date.parse(createdAt)
  let ids = 0
  let secrets = 0
  return {
    made,
    areUnique: false,
    next: <I extends Id<string>>() => {
      const random = createHash('sha256').update(`${seed} ${ids}`).digest().subarray(0, 8)
      return writeId<I>(timeMs, ids++, random)
    },
    secret: (length) => derive({ key, seed }, `secret ${secrets++}`, length),
  }
}

function derive({ key, seed }: Pick<Seeded, 'key' | 'seed'>, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, seed, purpose, length))
}

const cipher = 'aes-256-gcm'
const ivLength = 12
const tagLength = 16

/** A body can hold a secret that is shown once: it is kept so that only who sends the key again can read it. */
export function sealBody(by: Pick<Seeded, 'key' | 'seed'>, body: string): Buffer {
  const iv = randomBytes(ivLength)
  const sealing = createCipheriv(cipher, derive(by, 'body', 32), iv)
  const sealed = Buffer.concat([sealing.update(body, 'utf8'), sealing.final()])
  return Buffer.concat([iv, sealing.getAuthTag(), sealed])
}

export function openBody(by: Pick<Seeded, 'key' | 'seed'>, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed)
  const opening = createDecipheriv(cipher, derive(by, 'body', 32), bytes.subarray(0, ivLength))
  opening.setAuthTag(bytes.subarray(ivLength, ivLength + tagLength))
  return Buffer.concat([opening.update(bytes.subarray(ivLength + tagLength)), opening.final()]).toString()
}
