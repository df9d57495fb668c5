import type { FoundPassage } from '../passage.ts'
import { type SentenceRange, splitSentences } from './split-sentences.ts'

/** The sentences of a passage's text, in UTF-16 units of it. None reaches from one row of a table into the next. */
export function splitPassageSentences({
  text,
  language,
  start,
  changes,
}: Pick<FoundPassage, 'text' | 'language' | 'start' | 'changes'>): SentenceRange[] {
  const rowStarts = (changes ?? []).filter(({ row }, index) => index > 0 && row !== null)
  if (rowStarts.length === 0) return splitSentences(text, language)
  const characters = [...text]
  const cuts = [0, ...rowStarts.map((change) => change.start - start), characters.length]
  let offset = 0
  return cuts.slice(1).flatMap((end, index) => {
    const part = characters.slice(cuts[index], end).join('')
    const from = offset
    offset += part.length
    return splitSentences(part, language).map((range) => ({ start: from + range.start, end: from + range.end }))
  })
}
