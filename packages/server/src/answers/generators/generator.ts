import type { RecalledTurns } from '../../memory/recall-turns.ts'
import type { LanguageModel } from '../../models/language-model.ts'
import type { DocumentCatalog } from '../../retrieval/document-catalog-store.ts'
import type { FoundPassage, PassageSearch } from '../../retrieval/passage.ts'
import type { PassageFilter } from '../../retrieval/passage-filter.ts'
import type { BegunAnswer } from '../begun-answer-store.ts'
import type { ReadStoredQuote } from '../citations/check-quote.ts'
import type { TableAccess } from '../table-access.ts'
import type { TraceRecorder } from '../traces/trace-recorder.ts'

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** What a generator may ask for. Nothing is fetched before it is asked for. */
export interface AnswerSources {
  /** Earlier turns of the chat on the question's path, oldest first, as many of the newest as fit `maxTokens`. */
  readHistory(limits: { maxTokens: number }): Promise<readonly Turn[]>
  /** The heading that the answer before quoted from first; null when there is none. */
  readCitedHeading(): Promise<string | null>
  /** Past turns that fit a query: of this chat, and of their other chats when the person agreed to that. */
  searchHistory(query: string): Promise<RecalledTurns>
  /** The best passages of the project the question is asked of, best first. */
  search(query: string, limit: number, filter?: PassageFilter): Promise<readonly FoundPassage[]>
  /** What the project holds, by name. */
  readonly catalog: DocumentCatalog
  /** The same search with what scored it: `searchPassagesInDetail` of retrieval/search-passages.ts. */
  searchInDetail(query: string, limit: number): Promise<PassageSearch>
  /** What a document says at a range, as it is stored: every citation is checked against it. */
  readonly readStored: ReadStoredQuote
  /** The project's tables. */
  readonly tables: TableAccess
}

export interface GeneratorInput {
  readonly question: string
  /** The project's own instructions, put after the built-in prompt. */
  readonly instructions: string | null
  readonly temperature: number | undefined
  readonly maxTokens: number | undefined
  readonly sources: AnswerSources
  /** Keeps how the answer is made. */
  readonly trace: TraceRecorder
  readonly signal: AbortSignal
  /** See ModelRequest. */
  readonly pace?: () => Promise<void>
}

/** For the generators that ask a model; the extractive one takes none. */
export interface ModelInput extends GeneratorInput {
  readonly model: LanguageModel
  /** What the answer begins with: it is asked to go on from there. */
  readonly begun?: BegunAnswer | undefined
}
