import { inverseDocumentFrequency } from '../retrieval/score-bm25.ts'
import type { IndexedTurn } from './message-block.ts'

/** How much more a turn's own words count than those of the turns beside it; measured, see docs/decisions. */
const ownWeight = 3
const k1 = 1.2
const b = 0.75

export interface ScoredTurn<C> {
  readonly chat: C
  readonly position: number
  readonly score: number
}

interface WeighedTurn<C> {
  readonly chat: C
  readonly position: number
  readonly length: number
  readonly counts: readonly number[]
  readonly hasOwn: boolean
}

/**
 * BM25 over turns that each stand for themselves, three times, and for the turn on either side of them. Statistics are
 * those of the turns given. Best first; turns without a wanted word of their own are left out; of equal ones the newer.
 */
export function scoreTurns<C>(
  chats: ReadonlyMap<C, readonly IndexedTurn[]>,
  wanted: readonly number[],
): ScoredTurn<C>[] {
  const weighed = [...chats].flatMap(([chat, turns]) => weighTurns(chat, turns, wanted))
  const meanLength = weighed.reduce((sum, { length }) => sum + length, 0) / Math.max(1, weighed.length) || 1
  const idfs = wanted.map((_, term) =>
    inverseDocumentFrequency(weighed.length, weighed.filter(({ counts }) => (counts[term] ?? 0) > 0).length),
  )
  return weighed
    .filter(({ hasOwn }) => hasOwn)
    .map(({ chat, position, length, counts }) => {
      const norm = k1 * (1 - b + (b * length) / meanLength)
      const score = counts.reduce(
        (sum, count, term) => sum + ((idfs[term] ?? 0) * count * (k1 + 1)) / (count + norm),
        0,
      )
      return { chat, position, score }
    })
    .sort((first, second) => second.score - first.score || second.position - first.position)
}

function weighTurns<C>(chat: C, turns: readonly IndexedTurn[], wanted: readonly number[]): WeighedTurn<C>[] {
  const ordered = turns.toSorted((first, second) => first.position - second.position)
  return ordered.map((turn, at) => {
    const beside = [ordered[at - 1], ordered[at + 1]].filter((one) => one !== undefined)
    const length = ownWeight * turn.length + beside.reduce((sum, one) => sum + one.length, 0)
    const counts = wanted.map(
      (word) =>
        ownWeight * (turn.words.get(word) ?? 0) + beside.reduce((sum, one) => sum + (one.words.get(word) ?? 0), 0),
    )
    return { chat, position: turn.position, length, counts, hasOwn: wanted.some((word) => turn.words.has(word)) }
  })
}
