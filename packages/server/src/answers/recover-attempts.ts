import type { Database, Queryable } from '../database/database.ts'
import type { AnswerRef, ClaimedAnswer } from './answer.ts'
import { keepAttempt, listAttempts } from './answer-store.ts'
import type { AnswerEvent, AnswerSnapshot } from './log/answer-event.ts'
import { readEvents } from './log/answer-event-store.ts'
import { emptySnapshot, foldEvents } from './log/answer-snapshot.ts'

export const deadReason = 'the node that generated it died'
const readLimit = 500

/** What earlier attempts at an answer left behind. */
export interface RecoveredAttempts {
  readonly deaths: number
  /** The attempt that came furthest: what is kept when there is no other. */
  readonly longest: AnswerSnapshot
  /** What readers hold at the end of the log as it is. */
  readonly shown: AnswerSnapshot
}

/** Keeps the text of every attempt that ended without an end, and counts those that died. Idempotent. */
export async function recoverAttempts({ query }: Database, answer: ClaimedAnswer): Promise<RecoveredAttempts> {
  const states = await foldAttempts(query, answer)
  const kept = new Set((await listAttempts(query, answer)).map(({ attempt }) => attempt))
  // All of them: the one before this may have died before it kept the one before that.
  for (let attempt = 1; attempt < answer.attempt; attempt++) {
    if (kept.has(attempt)) continue
    await keepAttempt(query, answer, { attempt, content: states.get(attempt)?.text ?? '', reason: deadReason })
  }
  const attempts = await listAttempts(query, answer)
  const shown = [...states.values()].at(-1) ?? emptySnapshot
  let longest = shown
  for (const state of states.values()) if (state.text.length > longest.text.length) longest = state
  return {
    deaths: attempts.filter((attempt) => attempt.reason === deadReason).length,
    longest,
    shown,
  }
}

/** What each attempt that wrote anything had shown in the end, in order. */
async function foldAttempts(query: Queryable, answer: AnswerRef): Promise<Map<number, AnswerSnapshot>> {
  const states = new Map<number, AnswerSnapshot>()
  let attempt = 1
  for (let after = 0; ; ) {
    const events = await readEvents(query, answer, { after, limit: readLimit })
    let own: AnswerEvent[] = []
    const fold = () => {
      if (own.length > 0) states.set(attempt, foldEvents(states.get(attempt) ?? emptySnapshot, own))
      own = []
    }
    for (const { event } of events) {
      if (event.type === 'answer-restart') {
        fold()
        attempt = event.attempt
      }
      own.push(event)
    }
    fold()
    if (events.length < readLimit) return states
    after = events.at(-1)?.number ?? after
  }
}
