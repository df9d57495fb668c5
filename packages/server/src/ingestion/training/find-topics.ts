import { analyseText } from '../../retrieval/analysis/analyse-text.ts'

interface Term {
  frequency: number
  documents: number
  /** How it is written, and how often so: the most frequent form is shown. */
  readonly forms: Map<string, number>
}

const word = /\p{L}[\p{L}\p{M}\p{N}'’-]{2,}/gu
const most = 20_000

/** How often words occur in how many documents, with all forms of a word as one. */
export class TopicCounts {
  readonly terms = new Map<string, Term>()
  documentCount = 0

  add(text: string, language: string): void {
    this.documentCount += 1
    const seen = new Set<string>()
    const stems = new Map<string, string | undefined>()
    for (const [form] of text.matchAll(word)) {
      if (!stems.has(form)) stems.set(form, analyseText(form, language)[0])
      const stem = stems.get(form)
      // Stop words have no stem.
      if (stem === undefined) continue
      const term = this.terms.get(stem) ?? { frequency: 0, documents: 0, forms: new Map() }
      if (term.frequency === 0 && this.terms.size >= most) continue
      this.terms.set(stem, term)
      term.frequency += 1
      term.forms.set(form, (term.forms.get(form) ?? 0) + 1)
      if (!seen.has(stem)) term.documents += 1
      seen.add(stem)
    }
  }
}

/** The terms that stand out: frequent, but not in every document alike. */
export function listStandingOut({ terms, documentCount }: TopicCounts, limit: number): string[] {
  const weigh = ({ frequency, documents }: Term) =>
    Math.sqrt(frequency) * Math.log(1 + documentCount / documents) * Math.min(2, frequency)
  return [...terms.values()]
    .toSorted((a, b) => weigh(b) - weigh(a))
    .slice(0, limit)
    .map(({ forms }) => [...forms].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '')
}
