import { forEachWord } from './analyse-text.ts'
import { detectLanguage } from './detect-language.ts'
import { stopWordsOf } from './languages.ts'

/** A pasted page is not a question; beyond this nothing is read. */
const maxQuestionLength = 10_000
const maxTerms = 128

/**
 * The terms of a question with how often it has them, as the documents of these languages hold them: each language
 * adds its own forms, and a form that several give counts once. Stop words of the question's own language are left out
 * whatever the documents' is. With documents of one language this is exactly that language's analysis.
 */
export function analyseQuestion(question: string, documentLanguages: readonly string[]): Map<string, number> {
  const text = question.slice(0, maxQuestionLength)
  const commonWords = stopWordsOf(detectLanguage(text))
  const terms = new Map<string, number>()
  for (const language of documentLanguages) {
    const counts = new Map<string, number>()
    forEachWord(text, language, (word, term) => {
      if (term !== undefined && !commonWords.has(word)) counts.set(term, (counts.get(term) ?? 0) + 1)
    })
    for (const [term, count] of counts) {
      if (terms.has(term) || terms.size < maxTerms) terms.set(term, Math.max(terms.get(term) ?? 0, count))
    }
  }
  return terms
}
