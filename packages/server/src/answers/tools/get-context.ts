import type { FoundPassage } from '../../retrieval/passage.ts'
import type { AnswerSources } from '../generators/generator.ts'
import type { AnswerTool, ToolOutcome } from './answer-tool.ts'
import { contextFilterProperties, explainNothing, readContextFilter } from './context-filter.ts'
import { describePassage, type NumberedPassage, type NumberedPassages } from './numbered-passages.ts'

interface ContextInput {
  readonly sources: AnswerSources
  readonly passages: NumberedPassages
  /** Searched for when the model gives no query. */
  readonly question: string
  readonly maxTokens: number
}

/** Passages that one search brings, before the token budget. */
export const passagesPerSearch = 6
const quoteCharacters = 160

/** Lets the model search the project's documents. */
export function getContext({ sources, passages, question, maxTokens }: ContextInput): AnswerTool {
  return {
    definition: {
      name: 'get_context',
      description:
        "Searches the project's documents and returns the best passages, numbered. For every question that the documents may answer.",
      inputSchema: {
        type: 'object',
        properties: {
          query: {
            type: 'string',
            description:
              'What to search for: the words that the passage would hold. Stands alone. What is in double quotation marks must stand there word by word.',
          },
          ...contextFilterProperties,
        },
        required: ['query'],
      },
    },
    isOnce: () => false,
    call: async (input) => {
      const { query } = input
      const wanted = typeof query === 'string' && query.trim() !== '' ? query : question
      const { filter, askedBy, notes } = await readContextFilter(input, { catalog: sources.catalog, passages })
      if (filter === undefined) return withNotes(notes, { content: '', output: { passages: [], repeated: [] } })
      const found = await sources.search(wanted, passagesPerSearch, filter)
      const outcome = presentPassages(found, passages, maxTokens)
      if (found.length > 0) return withNotes(notes, outcome)
      return withNotes(notes, { ...outcome, content: await explainNothing(askedBy, sources.catalog) })
    },
  }
}

/** What was not as the model wished stands before what was found. */
function withNotes(notes: readonly string[], { content, output }: ToolOutcome & { output: object }): ToolOutcome {
  if (notes.length === 0) return { content, output }
  const told = notes.join('\n')
  return { content: content === '' ? told : `${told}\n\n${content}`, output: { ...output, notes } }
}

/** Numbers what was found and writes it down for the model and for readers. */
export function presentPassages(
  found: readonly FoundPassage[],
  passages: NumberedPassages,
  maxTokens: number,
): ToolOutcome & { readonly output: object } {
  const { added, repeated } = passages.add(found, maxTokens)
  const texts = added.map((entry) => describePassage(entry, maxTokens))
  if (repeated.length > 0) texts.push(`Found again: ${repeated.map((number) => `[${number}]`).join(', ')}`)
  return {
    content: texts.length === 0 ? 'No document found: no passage holds any of these words.' : texts.join('\n\n'),
    output: { passages: added.map(summarise), repeated },
  }
}

function summarise({ number, parts }: NumberedPassage) {
  const [first] = parts
  const quote = first?.text.slice(0, quoteCharacters) ?? ''
  return {
    number,
    document_id: first?.documentId,
    document_name: first?.documentName,
    page: first?.page,
    heading_path: first?.headingPath,
    quote: (first?.text.length ?? 0) > quoteCharacters ? `${quote.replace(/[\uD800-\uDBFF]$/, '')}…` : quote,
  }
}
