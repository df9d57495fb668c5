import { analyseText } from '../../retrieval/analysis/analyse-text.ts'
import { detectLanguage } from '../../retrieval/analysis/detect-language.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'
import type { Claim } from '../queue/read-claim.ts'
import { chooseSentence, type QuoteRange } from './cite-quote.ts'
import { holdsNumbers } from './claim-numbers.ts'
import { joinPassages, type Stretch } from './join-passages.ts'
import { locateQuote } from './locate-quote.ts'

/** What a marker rests on. */
export interface Evidence extends QuoteRange {
  /** Not in the words that the answer quotes it with. */
  readonly isRepaired: boolean
}

/**
 * The least share of a claim's words that its passage must hold. `npm run bench citations` shows what it keeps and what it
 * keeps out: wrong passages of the very same article hold as many words as some right ones.
 */
export const minShare = 0.35
/** A claim of fewer words is judged with the rest of its sentence. */
const enoughWords = 2
/** So many words tell a text's language. */
const wordsThatTell = 5

/**
 * What markers that stand side by side rest on: for each number the places in its passages that bear the claim, none when
 * it is not borne. A number in digits that none of their passages holds, or a quotation that stands in none of them,
 * speaks against all of them, since nobody can say whose it is.
 */
export function weighMarkers(
  markers: ReadonlyMap<number, readonly FoundPassage[]>,
  claim: Claim,
): ReadonlyMap<number, readonly Evidence[]> {
  const joined = new Map([...markers].map(([number, passages]) => [number, joinPassages(passages)]))
  const said = [claim.near, ...claim.quotations].join('\n')
  if (!holdsNumbers(said, [...joined.values()].flat().map(wordsOf))) return new Map()
  if (claim.quotations.length > 0) return weighQuotations(joined, claim)
  return new Map(
    [...joined].map(([number, stretches]) => {
      const sentence = isBorne(claim, stretches) ? chooseSentence(stretches, claim) : undefined
      return [number, sentence === undefined ? [] : [{ ...sentence, isRepaired: false }]]
    }),
  )
}

function weighQuotations(
  joined: ReadonlyMap<number, readonly Stretch[]>,
  { quotations }: Claim,
): ReadonlyMap<number, readonly Evidence[]> {
  const found = new Map<number, readonly (Evidence | undefined)[]>()
  for (const [number, stretches] of joined)
    found.set(
      number,
      quotations.map((quotation) => findQuotation(quotation, stretches)),
    )
  const isEveryOneThere = quotations.every((_, index) => found.values().some((places) => places[index] !== undefined))
  if (!isEveryOneThere) return new Map()
  return new Map([...found].map(([number, places]) => [number, places.filter((place) => place !== undefined)]))
}

function findQuotation(quotation: string, stretches: readonly Stretch[]): Evidence | undefined {
  let nearest: Evidence | undefined
  for (const stretch of stretches) {
    const place = locateQuote(quotation, stretch.text, stretch.language)
    if (place === undefined) continue
    const { start, end, isVerbatim } = place
    if (isVerbatim) return { stretch, start, end, isRepaired: false }
    nearest ??= { stretch, start, end, isRepaired: true }
  }
  return nearest
}

/** Whether the passages hold enough of a claim's words; of a claim in another language only its numbers can be told. */
function isBorne(claim: Claim, stretches: readonly Stretch[]): boolean {
  return stretches.some((stretch) => {
    const share = shareOf(claim, stretch)
    if (share >= minShare) return true
    const words = claim.sentence.split(/\s+/).length
    return share === 0 && words >= wordsThatTell && detectLanguage(claim.sentence) !== stretch.language
  })
}

export function shareOf({ near, sentence }: Claim, stretch: Stretch): number {
  const own = new Set(analyseText(near, stretch.language))
  const wanted = own.size < enoughWords ? new Set(analyseText(sentence, stretch.language)) : own
  if (wanted.size === 0) return 0
  const held = new Set(analyseText(wordsOf(stretch), stretch.language))
  return [...wanted].filter((term) => held.has(term)).length / wanted.size
}

function wordsOf({ text, headingPath, documentName, parts }: Stretch): string {
  return [text, documentName, ...headingPath, ...parts.flatMap((part) => [...part.headingPath, part.page ?? ''])].join(
    '\n',
  )
}
