import { setTimeout as pause } from 'node:timers/promises'
import { now, type Queryable } from '../../database/database.ts'
import { storageFailureOf } from '../../database/storage-failure.ts'
import { QuoryError } from '../../errors.ts'
import { type AnswerRef, isFinished } from '../answer.ts'
import { findAnswer } from '../answer-store.ts'
import { readStoredAnswer } from '../stored-answer-store.ts'
import type { ReadEvent } from './answer-event.ts'
import { hasEvent, readEvents } from './answer-event-store.ts'
import { emptySnapshot, foldEvents } from './answer-snapshot.ts'
import { type AnswerTail, type News, TailReader } from './answer-tail.ts'

/** As much as a reader that is behind holds at once. */
const readLimit = 100
/** How long a reader sleeps when nobody wakes it: long while wake-ups from other nodes arrive, short while they may not. */
const safetyPollMs = 5_000
const fallbackPollMs = 500
/** Between two tries while the database does not answer. */
const firstRetryMs = 100
const maxRetryMs = 2_000
const defaultPatienceMs = 60_000

export interface LogSource {
  readonly db: Queryable
  readonly tail: AnswerTail
  /** Whether wake-ups from other nodes arrive. */
  isConnected(): boolean
  /** How long a reader waits for a database that does not answer. */
  readonly patienceMs?: number | undefined
}

/**
 * Batches of events after number `after`, live until `answer-end` or until `signal` aborts. A number that the log does
 * not have gets a snapshot first, and so does any reader once the log is pruned. A reader whose answer was deleted still
 * gets an end. Failures of the database are waited out, up to `storage_unavailable`.
 */
export async function* readAnswerLog(
  source: LogSource,
  ref: AnswerRef,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly ReadEvent[], void> {
  const { tail } = source
  using reader = new TailReader(tail, signal)
  const start = after > 0 ? await patiently(source, signal, () => findStart(source, ref, after)) : undefined
  let position = start?.position ?? 0
  if (start?.snapshot !== undefined) yield [start.snapshot]
  while (!signal.aborted) {
    // Taken before anything is read: whatever is published meanwhile makes the wait below return at once.
    let seen = tail.version
    const news = await patiently(source, signal, async () => {
      seen = tail.version
      return await nextEvents(source, ref, position)
    })
    if (news === undefined) return
    const last = news.events.at(-1)
    if (last !== undefined) {
      yield news.events
      position = last.number
      if (last.event.type === 'answer-end') return
    } else if (news.type === 'ending') {
      return
    } else {
      await reader.wait(seen, source.isConnected() ? safetyPollMs : fallbackPollMs)
    }
  }
}

async function nextEvents({ db, tail }: LogSource, ref: AnswerRef, position: number): Promise<News> {
  const live = tail.after(position)
  if (live !== undefined && (live.length > 0 || tail.isComplete)) return { type: 'logged', events: live, isAll: false }
  return await tail.fetch(position, () => readNews(db, ref, position))
}

async function readNews(db: Queryable, ref: AnswerRef, position: number): Promise<News> {
  const logged = await readLogged(db, ref, position)
  if (logged.events.length > 0) return logged
  const answer = await findAnswer(db, ref)
  if (answer === undefined) {
    const event = {
      type: 'answer-end',
      status: 'cancelled',
      completedAt: now(),
      usage: null,
      details: null,
      error: null,
    } as const
    return { type: 'ending', events: [{ number: position + 1, event }] }
  }
  if (!isFinished(answer.state)) return logged
  // It may have ended since the log was read; from here on the log is what it is.
  const rest = await readLogged(db, ref, position)
  return rest.events.length > 0 ? rest : { type: 'ending', events: await readStoredAnswer(db, ref, position) }
}

async function readLogged(db: Queryable, ref: AnswerRef, position: number): Promise<News> {
  const events = await readEvents(db, ref, { after: position, limit: readLimit })
  return { type: 'logged', events, isAll: events.length < readLimit }
}

/** Where a reader goes on that names a number; one that the log does not have gets what the log amounts to. */
async function findStart(
  { db, tail }: LogSource,
  ref: AnswerRef,
  after: number,
): Promise<{ position: number; snapshot?: ReadEvent }> {
  if (tail.has(after) || (await hasEvent(db, ref, after))) return { position: after }
  const answer = await findAnswer(db, ref)
  // Deleted meanwhile: its end comes after the last number seen.
  if (answer === undefined) return { position: after }
  // Of a pruned log, numbers are known by how far it went: the last two need no snapshot.
  if (isFinished(answer.state) && after <= answer.lastNumber && after >= answer.lastNumber - 1)
    return { position: after }
  let covers = 0
  let state = emptySnapshot
  for (;;) {
    const events = await readEvents(db, ref, { after: covers, limit: readLimit })
    const shown = events.at(-1)?.event.type === 'answer-end' ? events.slice(0, -1) : events
    state = foldEvents(
      state,
      shown.map(({ event }) => event),
    )
    covers = shown.at(-1)?.number ?? covers
    if (events.length < readLimit) break
  }
  return covers === 0 ? { position: 0 } : { position: covers, snapshot: { number: covers, event: state } }
}

/** Tries again while the database fails; undefined once the signal aborts. What is wrong with our own code is not retried. */
async function patiently<T>(
  { patienceMs = defaultPatienceMs }: LogSource,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  const startedAt = performance.now()
  for (let retryMs = firstRetryMs; !signal.aborted; retryMs = Math.min(2 * retryMs, maxRetryMs)) {
    try {
      return await ask()
    } catch (error) {
      if (storageFailureOf(error) === undefined) throw error
      if (performance.now() - startedAt > patienceMs)
        throw new QuoryError('storage_unavailable', 'The database does not answer; try again', { cause: error })
      // Aborted meanwhile: the loop ends by itself.
      await pause(retryMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
    }
  }
  return undefined
}
