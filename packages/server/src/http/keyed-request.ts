import { setTimeout as wait } from 'node:timers/promises'
import {
  createSeededIds,
  hashIdempotencyKey,
  isIdempotencyKey,
  makeSeed,
  openBody,
  sealBody,
} from '../accounts/idempotency-key.ts'
import {
  findKey,
  finishKey,
  forgetKey,
  forgetOldKey,
  insertKey,
  type KeyLease,
  type KeyRef,
  releaseKey,
  type StoredKey,
  takeKeyOver,
} from '../accounts/idempotency-key-store.ts'
import type { Principal } from '../accounts/principal.ts'
import { now, type Queryable, timeFromNow } from '../database/database.ts'
import { QuoryError } from '../errors.ts'
import { type IdSource, randomIds } from '../ids.ts'
import type { Services } from './services.ts'

export const keepKeysMs = 24 * 3_600_000
/** Longer than handlers take. One that takes longer may be run a second time beside it, and finds what the first made. */
const leaseMs = 15_000
/** How long a repetition waits for the first of its kind before it is sent away. */
const waitMs = 10_000
const maxPollMs = 250
const maxKeptBytes = 1024 * 1024

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** `run` the handler; or send what was answered before; or nothing, because nobody listens any more. */
export type Beginning =
  | { readonly type: 'run'; readonly isRepetition: boolean }
  | { readonly type: 'gone'; readonly isRepetition: false }
  | { readonly type: 'answered'; readonly isRepetition: true; readonly answer: Answer }

export class KeyInUseError extends QuoryError {
  readonly retryAfterSeconds: number
  constructor(leaseExpiresAt: string | null) {
    super('idempotency_key_in_use', 'The first request with this Idempotency-Key is still being answered; try again')
    const leftMs = leaseExpiresAt === null ? 0 : Date.parse(leaseExpiresAt) - Date.now()
    this.retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1000))
  }
}

type KeyServices = Pick<Services, 'db' | 'node' | 'logger'>

/**
 * A POST with an Idempotency-Key. The first one runs; whatever comes with the same key waits for it and is answered the
 * same. When its node died, the next one runs again with the same ids, so that nothing is made twice.
 */
export class KeyedRequest {
  readonly #services: KeyServices
  readonly #key: string
  readonly #ref: KeyRef
  /** Of everything that makes two requests the same; set before `begin`. */
  requestHash = ''
  #lease: KeyLease | undefined
  #seed = ''
  #ids: IdSource = randomIds

  constructor(services: KeyServices, principal: Principal, key: string) {
    if (!isIdempotencyKey(key)) throw wrongKey('invalid_request', 'must be 1 to 255 printable ASCII characters')
    this.#services = services
    this.#key = key
    this.#ref = { userId: principal.userId, keyHash: hashIdempotencyKey(principal, key) }
  }

  get ids(): IdSource {
    return this.#ids
  }

  async begin(isGone: () => boolean): Promise<Beginning> {
    const { db } = this.#services
    const deadline = performance.now() + waitMs
    let pollMs = 10
    let isNew = await this.#claim()
    while (!isNew) {
      const found = await findKey(db.query, this.#ref)
      if (found === undefined || found.created_at < timeFromNow(-keepKeysMs)) {
        if (found !== undefined) await forgetOldKey(db.query, found)
        isNew = await this.#claim()
        continue
      }
      if (found.request_hash !== this.requestHash) {
        throw wrongKey('idempotency_key_reused', 'was sent before, with another request')
      }
      if (found.state === 'done') return this.#repeat(found)
      if (this.#isDead(found)) {
        if (await this.#takeOver(found)) return { type: 'run', isRepetition: false }
        continue
      }
      if (performance.now() > deadline) throw new KeyInUseError(found.lease_expires_at)
      await wait(pollMs)
      if (isGone()) return { type: 'gone', isRepetition: false }
      pollMs = Math.min(2 * pollMs, maxPollMs)
    }
    return { type: 'run', isRepetition: false }
  }

  /** SQLite has one process, so there a run of another name is a dead one's. */
  #isDead({ node, lease_expires_at: leaseExpiresAt }: StoredKey): boolean {
    if (leaseExpiresAt === null || leaseExpiresAt <= now()) return true
    return this.#services.db.engine === 'sqlite' && node !== this.#services.node
  }

  #newLease(): KeyLease {
    return { ...this.#ref, node: this.#services.node, leaseExpiresAt: timeFromNow(leaseMs) }
  }

  async #claim(): Promise<boolean> {
    const lease = this.#newLease()
    const seed = makeSeed()
    const createdAt = now()
    // What the handler commits takes it along to the disk.
    const isNew = await insertKey(this.#services.db.unsyncedQuery, {
      ...this.#ref,
      node: this.#services.node,
      leaseExpiresAt: lease.leaseExpiresAt,
      requestHash: this.requestHash,
      seed,
      createdAt,
    })
    if (isNew) this.#hold(lease, { seed, created_at: createdAt }, 'nothing')
    return isNew
  }

  async #takeOver(found: StoredKey): Promise<boolean> {
    const lease = this.#newLease()
    const isOurs = await takeKeyOver(this.#services.db.query, found, lease)
    if (isOurs) this.#hold(lease, found, 'perhaps')
    return isOurs
  }

  #hold(lease: KeyLease | undefined, row: Pick<StoredKey, 'seed' | 'created_at'>, made: IdSource['made']): void {
    this.#lease = lease
    this.#seed = row.seed
    this.#ids = createSeededIds({ key: this.#key, seed: row.seed, createdAt: row.created_at }, made)
  }

  #repeat(found: StoredKey): Beginning {
    const { status, headers, body, seed } = found
    if (status === null || headers === null || body === null) {
      this.#hold(undefined, found, 'everything')
      return { type: 'run', isRepetition: true }
    }
    // Written by finishKey.
    const { 'content-type': contentType } = JSON.parse(headers) as { 'content-type': string }
    return {
      type: 'answered',
      isRepetition: true,
      answer: { status, contentType, body: openBody({ key: this.#key, seed }, body) },
    }
  }

  /**
   * As soon as everything is stored, where the answer is yet to be made or is too long to keep: a repetition runs the
   * handler again, which finds it all and attaches to it.
   */
  async finish(answer?: Answer): Promise<void> {
    const kept =
      answer === undefined || Buffer.byteLength(answer.body) > maxKeptBytes
        ? undefined
        : { ...answer, body: sealBody({ key: this.#key, seed: this.#seed }, answer.body) }
    await this.#endLease((db, lease) => finishKey(db, lease, kept))
  }

  /**
   * A refusal made nothing, so a mended request may come under the same key; unless an earlier run was cut off, which
   * may have made something. After a fault of ours nobody knows.
   */
  async fail(status: number): Promise<void> {
    const isClean = status < 500 && this.#ids.made === 'nothing'
    await this.#endLease(isClean ? forgetKey : releaseKey)
  }

  /** The request is answered whether or not this is stored: what is not runs out, and a repetition finds what was made. */
  async #endLease(store: (db: Queryable, lease: KeyLease) => Promise<void>): Promise<void> {
    const lease = this.#lease
    if (lease === undefined) return
    this.#lease = undefined
    try {
      await store(this.#services.db.unsyncedQuery, lease)
    } catch (error) {
      this.#services.logger.warn({ error: String(error) }, 'the answer to an Idempotency-Key could not be kept')
    }
  }
}

function wrongKey(code: 'invalid_request' | 'idempotency_key_reused', what: string): QuoryError {
  const msg = `Value error, the Idempotency-Key ${what}`
  return new QuoryError(code, msg, { fields: [{ type: 'value_error', loc: ['header', 'idempotency-key'], msg }] })
}
