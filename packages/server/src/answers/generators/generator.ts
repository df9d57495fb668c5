import type { LanguageModel, ModelMessage } from '../../models/language-model.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'
import type { GeneratedEvent } from '../answer-event.ts'

/** What a generator may ask for. Nothing is fetched before it is asked for. */
export interface AnswerSources {
  /** Earlier turns of the chat on the question's path, oldest first, as many of the newest as fit `maxTokens`. */
  readHistory(limits: { maxTokens: number }): Promise<readonly Extract<ModelMessage, { role: 'user' | 'assistant' }>[]>
  /** The best passages of the project the question is asked of, best first. */
  search(query: string, limit: number): Promise<readonly FoundPassage[]>
  /** For a score that can be judged: the BM25 statistics of the project. See retrieval/search-passages.ts. */
  inverseDocumentFrequencies(terms: readonly string[]): Promise<ReadonlyMap<string, number>>
}

export interface GeneratorInput {
  readonly question: string
  /** The project's own instructions, put after the built-in prompt. */
  readonly instructions: string | null
  readonly temperature: number | undefined
  readonly maxTokens: number | undefined
  readonly sources: AnswerSources
  readonly signal: AbortSignal
}

/** One way of making an answer: `extractive` takes no model, the others close over theirs. */
export type Generator = (input: GeneratorInput & { readonly model: LanguageModel }) => AsyncIterable<GeneratedEvent>
