import { analyseText } from '../retrieval/analyse-text.ts'
import type { FoundPassage } from '../retrieval/passage.ts'
import { splitPassageSentences } from '../retrieval/split-passage-sentences.ts'
import type { Citation } from './citation.ts'
import { citePassage } from './cite-passage.ts'

/** What a marker stands behind: words near the marker count more than those of the rest of their sentence. */
export interface Claim {
  readonly near: string
  readonly sentence: string
}

interface Candidate {
  readonly passage: FoundPassage
  readonly start: number
  readonly end: number
  readonly terms: ReadonlySet<string>
}

/**
 * The sentence of the passages that best supports a claim: most words in common, rare ones weighing more. With no word
 * in common the first sentence stands for the passage, whose place is right in any case. `undefined` when no passage's
 * range fits its text, because such a quote could not be checked.
 */
export function quotePassages(number: number, passages: readonly FoundPassage[], claim: Claim): Citation | undefined {
  const candidates = passages.filter(hasTrueRange).flatMap(sentencesOf)
  const rarity = new Map<string, number>()
  for (const { terms } of candidates) for (const term of terms) rarity.set(term, (rarity.get(term) ?? 0) + 1)
  let best = candidates[0]
  let bestScore = 0
  const claimTerms = new Map<string, ReadonlyMap<string, number>>()
  for (const candidate of candidates) {
    const { language } = candidate.passage
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
  return best === undefined ? undefined : citationOf(number, best)
}

function hasTrueRange(passage: FoundPassage): boolean {
  return countCodePoints(passage.text) === passage.end - passage.start
}

function sentencesOf(passage: FoundPassage): Candidate[] {
  return splitPassageSentences(passage).map(({ start, end }) => ({
    passage,
    start,
    end,
    terms: new Set(analyseText(passage.text.slice(start, end), passage.language)),
  }))
}

function weighClaim({ near, sentence }: Claim, language: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const term of analyseText(sentence, language)) weights.set(term, 1)
  for (const term of analyseText(near, language)) weights.set(term, 2)
  return weights
}

function citationOf(number: number, { passage, start, end }: Candidate): Citation {
  const from = passage.start + countCodePoints(passage.text.slice(0, start))
  const quote = passage.text.slice(start, end)
  return citePassage(number, passage, { start: from, end: from + countCodePoints(quote), quote })
}

function countCodePoints(text: string): number {
  let count = text.length
  for (let at = 0; at + 1 < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) count--
  }
  return count
}
