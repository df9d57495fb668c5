import type { ModelMessage } from '../../models/language-model.ts'
import { detectLanguage } from '../../retrieval/analysis/detect-language.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'
import type { BegunAnswer } from '../begun-answer-store.ts'
import type { PassageCitation } from '../citations/citation.ts'
import { loadPrompt } from '../load-prompt.ts'
import type { GeneratedEvent } from '../log/answer-event.ts'
import { NumberedPassages } from '../tools/numbered-passages.ts'
import type { ModelInput } from './generator.ts'

/** Of a long text the end is enough to go on from. */
const shownCharacters = 24_000

/** An answer that goes on from where one ended: what that said and cited, then what is generated now. */
export async function* afterBegun(
  { text, citations, counts }: BegunAnswer,
  events: AsyncIterable<GeneratedEvent>,
): AsyncGenerator<GeneratedEvent> {
  yield { type: 'text-delta', text }
  for (const citation of citations) yield { type: 'citation', citation }
  if (counts !== undefined) yield { type: 'citation-counts', counts }
  yield* events
}

/** The question, and with it what is to be gone on from. One turn: not every model takes an answer that is begun. */
export async function askedTurn({ question, begun }: ModelInput): Promise<ModelMessage> {
  if (begun === undefined) return { role: 'user', content: question }
  const quotes = begun.citations.map((citation) =>
    citation.type === 'passage'
      ? `[${citation.number}] ${citation.document_name}\n${citation.quote}`
      : `[${citation.number}] ${citation.sql}`,
  )
  const cited = quotes.length === 0 ? [] : [`What it cites:\n\n${quotes.join('\n\n')}`]
  const parts = [question, await loadPrompt('continue-answer'), ...cited, begun.text.slice(-shownCharacters)]
  return { role: 'user', content: parts.join('\n\n') }
}

/** Numbers on from the last of the text so far. */
export function numberedPassages({ trace, begun }: ModelInput): NumberedPassages {
  return new NumberedPassages(trace, begun === undefined ? [] : citedPassages(begun))
}

/** What stands under the numbers of the text so far, as far as it was quoted; under the others, nothing. */
function citedPassages({ text, citations }: BegunAnswer): FoundPassage[][] {
  const inText = [...text.matchAll(/\[(\d{1,4})(?:, ?(\d{1,4}))*\]/g)].flatMap(([marker]) => marker.match(/\d+/g) ?? [])
  const last = Math.max(0, ...inText.map(Number), ...citations.map(({ number }) => number))
  return Array.from({ length: last }, (_, index) =>
    citations.flatMap((citation) =>
      citation.type === 'passage' && citation.number === index + 1 ? [asPassage(citation)] : [],
    ),
  )
}

function asPassage(citation: PassageCitation): FoundPassage {
  return {
    projectId: citation.project_id,
    sourceId: citation.data_source_id,
    documentId: citation.document_id,
    documentName: citation.document_name,
    language: detectLanguage(citation.quote),
    number: citation.passage,
    text: citation.quote,
    headingPath: citation.heading_path,
    page: citation.page,
    sheet: citation.sheet,
    rowStart: citation.row_start,
    rowEnd: citation.row_end,
    start: citation.start,
    end: citation.end,
    changes: null,
    score: 0,
    scores: { bm25: null, vector: null, fused: null, rerank: null },
  }
}
