import { analyseText } from '../../retrieval/analysis/analyse-text.ts'
import { splitPassageSentences } from '../../retrieval/analysis/split-passage-sentences.ts'
import type { Claim } from '../queue/read-claim.ts'
import type { Stretch } from './join-passages.ts'

/** A range of a stretch's text in UTF-16 units. */
export interface QuoteRange {
  readonly stretch: Stretch
  readonly start: number
  readonly end: number
}

interface Candidate extends QuoteRange {
  readonly terms: ReadonlySet<string>
}

/**
 * The sentence that best supports a claim: most words in common, rare ones weighing more, those near the marker twice.
 * With no word in common the first sentence stands for the passage, whose place is right in any case.
 */
export function chooseSentence(stretches: readonly Stretch[], claim: Claim): QuoteRange | undefined {
  const candidates = stretches.flatMap(sentencesOf)
  const rarity = new Map<string, number>()
  for (const { terms } of candidates) for (const term of terms) rarity.set(term, (rarity.get(term) ?? 0) + 1)
  let best = candidates[0]
  let bestScore = 0
  const claimTerms = new Map<string, ReadonlyMap<string, number>>()
  for (const candidate of candidates) {
    const { language } = candidate.stretch
    const wanted = claimTerms.get(language) ?? weighClaim(claim, language)
    claimTerms.set(language, wanted)
    let score = 0
    for (const [term, weight] of wanted) {
      const sentences = candidate.terms.has(term) ? (rarity.get(term) ?? 1) : 0
      if (sentences > 0) score += weight * Math.log(1 + candidates.length / sentences)
    }
    // Of two sentences that share the same words the shorter one says it more clearly.
    score /= 1 + candidate.terms.size / 100
    if (score > bestScore) {
      best = candidate
      bestScore = score
    }
  }
  return best
}

function sentencesOf(stretch: Stretch): Candidate[] {
  return splitPassageSentences(stretch).map(({ start, end }) => ({
    stretch,
    start,
    end,
    terms: new Set(analyseText(stretch.text.slice(start, end), stretch.language)),
  }))
}

function weighClaim({ near, sentence }: Claim, language: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const term of analyseText(sentence, language)) weights.set(term, 1)
  for (const term of analyseText(near, language)) weights.set(term, 2)
  return weights
}
