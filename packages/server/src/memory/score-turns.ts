import { inverseDocumentFrequency } from '../retrieval/words/score-bm25.ts'
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

interface Candidate<C> {
  readonly chat: C
  readonly position: number
  readonly length: number
  readonly counts: readonly number[]
}

/** In the order of a search: of equal ones the newer first. */
export function compareTurns<C extends string>(first: ScoredTurn<C>, second: ScoredTurn<C>): number {
  const difference = second.score - first.score || second.position - first.position
  return difference === 0 ? Number(first.chat < second.chat) - Number(first.chat > second.chat) : difference
}

/**
 * BM25 over turns that each stand for themselves, three times, and for the turn on either side of them. Statistics are
 * those of the turns given. Best first; turns without a wanted word of their own are left out.
 */
export function scoreTurns<C extends string>(
  chats: ReadonlyMap<C, readonly IndexedTurn[]>,
  wanted: readonly number[],
): ScoredTurn<C>[] {
  const candidates: Candidate<C>[] = []
  const holding = wanted.map(() => 0)
  let turnCount = 0
  let totalLength = 0
  for (const [chat, turns] of chats) {
    const ordered = turns.toSorted((first, second) => first.position - second.position)
    for (const [at, turn] of ordered.entries()) {
      const [before, after] = [ordered[at - 1], ordered[at + 1]]
      const length = ownWeight * turn.length + (before?.length ?? 0) + (after?.length ?? 0)
      turnCount += 1
      totalLength += length
      // Most turns hold nothing of a question.
      if (turn.words.size === 0 && !before?.words.size && !after?.words.size) continue
      const counts = wanted.map((word) => weighWord(word, turn, before, after))
      for (const [term, count] of counts.entries()) if (count > 0) holding[term] = (holding[term] ?? 0) + 1
      if (wanted.some((word) => turn.words.has(word)))
        candidates.push({ chat, position: turn.position, length, counts })
    }
  }
  const idfs = holding.map((count) => inverseDocumentFrequency(turnCount, count))
  const meanLength = totalLength / Math.max(1, turnCount) || 1
  return candidates
    .map(({ chat, position, length, counts }) => {
      const norm = k1 * (1 - b + (b * length) / meanLength)
      const score = counts.reduce(
        (sum, count, term) => sum + ((idfs[term] ?? 0) * count * (k1 + 1)) / (count + norm),
        0,
      )
      return { chat, position, score }
    })
    .sort(compareTurns)
}

function weighWord(
  word: number,
  turn: IndexedTurn,
  before: IndexedTurn | undefined,
  after: IndexedTurn | undefined,
): number {
  return ownWeight * (turn.words.get(word) ?? 0) + (before?.words.get(word) ?? 0) + (after?.words.get(word) ?? 0)
}
