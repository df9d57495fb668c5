import { analyseQuestion } from '../retrieval/analysis/analyse-question.ts'
import { analyseText } from '../retrieval/analysis/analyse-text.ts'
import { detectLanguage } from '../retrieval/analysis/detect-language.ts'

const maxLength = 240
/** Nobody reads further for a snippet. */
const maxRead = 20_000
const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*/gu

/** The piece of a text that holds most of a query's words. */
export function cutSnippet(content: string, query: string): string {
  const text = content.slice(0, maxRead)
  const language = detectLanguage(text)
  const wanted = new Set(analyseQuestion(query, [language]).keys())
  const hits = [...text.matchAll(word)].flatMap(({ index, 0: written }) => {
    const term = analyseText(written, language).find((one) => wanted.has(one))
    return term === undefined ? [] : [{ index, term }]
  })
  let best = { start: 0, terms: 0 }
  for (const [at, { index }] of hits.entries()) {
    const inside = hits.slice(at).filter((hit) => hit.index < index + 0.7 * maxLength)
    const terms = new Set(inside.map(({ term }) => term)).size
    if (terms > best.terms) best = { start: index, terms }
  }
  return cutAround(content, best.start)
}

/** A little of what stands before, whole words, white space as one space. */
function cutAround(text: string, at: number): string {
  if (text.length <= maxLength) return text.replace(/\s+/g, ' ').trim()
  const rough = Math.max(0, Math.min(at - 0.2 * maxLength, text.length - maxLength))
  const start = rough === 0 ? 0 : rough + (/^\S*\s+/.exec(text.slice(rough, at))?.[0].length ?? 0)
  const piece = text.slice(start, start + maxLength)
  const isLast = start + maxLength >= text.length
  const whole = isLast ? piece : piece.replace(/\s+\S*$/, '').replace(/[\uD800-\uDBFF]$/, '')
  return `${start > 0 ? '… ' : ''}${whole.replace(/\s+/g, ' ').trim()}${isLast ? '' : ' …'}`
}
