import { analyseQuestion } from '../retrieval/analysis/analyse-question.ts'
import { analyseText } from '../retrieval/analysis/analyse-text.ts'
import { detectLanguage } from '../retrieval/analysis/detect-language.ts'
import { cutSnippet } from './cut-snippet.ts'

export interface SnippetPart {
  readonly text: string
  readonly isMatch: boolean
}

const maxRead = 20_000
const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*/gu

/** The piece of a text that fits a query best, with the words that fit marked. */
export function markSnippet(content: string, query: string): SnippetPart[] {
  const language = detectLanguage(content.slice(0, maxRead))
  const wanted = new Set(analyseQuestion(query, [language]).keys())
  return markWords(cutSnippet(content, query), (written) =>
    analyseText(written, language).some((term) => wanted.has(term)),
  )
}

/** A text in pieces, those of them that are words which fit marked. */
export function markWords(text: string, fits: (word: string) => boolean): SnippetPart[] {
  const parts: SnippetPart[] = []
  let from = 0
  for (const { index, 0: written } of text.matchAll(word)) {
    if (!fits(written)) continue
    if (index > from) parts.push({ text: text.slice(from, index), isMatch: false })
    parts.push({ text: written, isMatch: true })
    from = index + written.length
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from), isMatch: false })
  return parts
}
