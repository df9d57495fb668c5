import { randomBytes, randomFillSync } from 'node:crypto'

declare const kind: unique symbol
/** A lower-case, dashed UUID that names one kind of thing. Made only by `newId` and `parseId`. */
export type Id<K extends string> = string & { readonly [kind]: K }

export type UserId = Id<'user'>
export type ApiKeyId = Id<'api-key'>
export type PromptId = Id<'prompt'>
export type ProjectId = Id<'project'>
export type InvitationId = Id<'invitation'>
export type ChatId = Id<'chat'>
export type MessageId = Id<'message'>
export type AnswerId = Id<'answer'>
export type SourceId = Id<'source'>
export type FileId = Id<'file'>
export type DocumentId = Id<'document'>
export type SegmentId = Id<'segment'>
export type TrainingId = Id<'training'>
export type JobId = Id<'job'>
export type EmbeddingSetId = Id<'embedding-set'>

let lastMs = 0
let counter = 0

/**
 * A UUIDv7 (RFC 9562, method 1): sorts by time, and within one process strictly by creation, because the twelve bits
 * after the milliseconds count up (they start low and carry into the milliseconds when they run out).
 */
export function newId<I extends Id<string>>(): I {
  const now = Date.now()
  if (now > lastMs) {
    lastMs = now
    counter = 0
  } else if (++counter > 0xfff) {
    lastMs += 1
    counter = 0
  }
  return writeId<I>(lastMs, counter, takeRandom())
}

/** Asking the system for eight bytes takes longer than writing the id. */
const random = Buffer.alloc(4_096)
let taken = random.length

function takeRandom(): Buffer {
  if (taken === random.length) {
    randomFillSync(random)
    taken = 0
  }
  taken += 8
  return random.subarray(taken - 8, taken)
}

/** A UUIDv7 of its parts: milliseconds since 1970, a count of at most twelve bits, and eight bytes of randomness. */
export function writeId<I extends Id<string>>(timeMs: number, count: number, random: Buffer): I {
  const variant = Buffer.from(random)
  variant[0] = ((variant[0] ?? 0) & 0x3f) | 0x80
  const time = timeMs.toString(16).padStart(12, '0')
  const tail = variant.toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}` as I
}

/**
 * Where the ids of what a request makes come from. A request that is run again, because it carries the key of one that
 * was run before, asks in the same order and gets the same ids: what is stored under them already is its own.
 */
export interface IdSource {
  next<I extends Id<string>>(): I
  /** Bytes for a secret: as random as any, and the same again for the same request. */
  secret(length: number): Buffer
  /** What of the request's effect is there: `perhaps` when an earlier run was cut off, `everything` when it was not. */
  readonly made: 'nothing' | 'perhaps' | 'everything'
  /** No other run of the request has the same ids, so that nobody else stores anything under them. */
  readonly areUnique: boolean
}

export const randomIds: IdSource = { next: newId, secret: randomBytes, made: 'nothing', areUnique: true }

const dayMs = 86_400_000

/** Days since 1970 (UTC) at which an id of ours was made. */
export function dayOfId(id: Id<string>): number {
  return Math.floor(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) / dayMs)
}

/** The day of a time, counted as `dayOfId` counts. */
export function dayOf(time: Date): number {
  return Math.floor(time.getTime() / dayMs)
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Any text as an id of ours; `undefined` when it cannot be one, which callers answer as "not found". */
export function parseId<I extends Id<string>>(text: string): I | undefined {
  const lower = text.toLowerCase()
  return uuid.test(lower) ? (lower as I) : undefined
}
