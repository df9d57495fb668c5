import type { Database } from '../database/database.ts'
import { QuoryError } from '../errors.ts'
import type { AnswerId, ProjectId } from '../ids.ts'
import type { Logger } from '../logger.ts'
import { recallTurns } from '../memory/recall-turns.ts'
import type { ModelRegistry } from '../models/model-registry.ts'
import { documentCatalog } from '../retrieval/document-catalog-store.ts'
import type { PassageSearch } from '../retrieval/passage.ts'
import type { PassageFilter } from '../retrieval/passage-filter.ts'
import type { RankingParts } from '../retrieval/rank-passages.ts'
import { searchPassagesInDetail } from '../retrieval/search-passages.ts'
import type { ClaimedAnswer } from './answer.ts'
import { readAnswerSettings } from './answer-settings-store.ts'
import { readBegunAnswer } from './begun-answer-store.ts'
import { storedQuoteReader } from './citations/stored-quote-store.ts'
import { afterBegun } from './generators/continue-answer.ts'
import { generateExtractive } from './generators/extractive.ts'
import { generateFunctionCalling } from './generators/function-calling.ts'
import type { AnswerSources, GeneratorInput } from './generators/generator.ts'
import { findQuestion, readCitedHeading, readHistory } from './history-store.ts'
import type { GeneratedEvent } from './log/answer-event.ts'
import type { AnswerLog } from './log/answer-log.ts'
import type { TableAccess } from './table-access.ts'
import type { SearchDescription, TraceRecorder } from './traces/trace-recorder.ts'
import { waitForStorage } from './wait-for-storage.ts'

export const extractiveModel = 'quory/extractive'

/** Begins to generate: which model answers, and its events. Fails before the first event when no model can. */
export type StartGenerator = (
  answer: ClaimedAnswer,
  signal: AbortSignal,
  trace: TraceRecorder,
) => Promise<{ model: string; events: AsyncIterable<GeneratedEvent> }>

interface StartDependencies {
  readonly db: Database
  readonly models: ModelRegistry
  readonly ranking: RankingParts
  readonly logger: Logger
  /** Callers' own OpenAI keys by answer: in memory only, never stored. */
  readonly callerKeys: ReadonlyMap<AnswerId, string>
  readonly log: AnswerLog
  /** Opens a project's tables for one answer. */
  readonly openTables: (projectId: ProjectId, signal: AbortSignal) => TableAccess
}

export function createStartGenerator({
  db,
  models,
  ranking,
  callerKeys,
  log,
  logger,
  openTables,
}: StartDependencies): StartGenerator {
  return async (answer, signal, trace) => {
    const place = { projectId: answer.projectId, chatId: answer.chatId, messageId: answer.questionId }
    // Nothing of what is read here is shown before the answer's first event, which takes it along to the disk.
    const question = await findQuestion(db.unsyncedQuery, place)
    if (question === undefined) throw new QuoryError('message_not_found', 'The question was deleted')
    const openaiKey = callerKeys.get(answer.answerId)
    if (answer.needsCallerKey && openaiKey === undefined) {
      throw new QuoryError('model_unavailable', 'Your own key went with the server that took the question; ask again')
    }
    const { searchProjectId: projectId, continues, ...asked } = answer.parameters
    const settings = await readAnswerSettings(db.unsyncedQuery, projectId)
    const model = await models.resolve(
      answer.model ?? settings.model ?? undefined,
      openaiKey === undefined ? {} : { openaiKey },
    )
    const readStored = storedQuoteReader(db.query)
    const search = (query: string, limit: number, filter?: PassageFilter) =>
      trace.search(
        query,
        () => searchPassagesInDetail({ db, ...ranking }, { projectId, query, limit, filter }),
        describeSearch,
      )
    const sources: AnswerSources = {
      // In the middle of an answer: the model's text so far must not be lost because the database is away for a while.
      readStored: (document, range) =>
        waitForStorage({ logger, isOver: () => signal.aborted }, () => readStored(document, range)),
      readCitedHeading: () => readCitedHeading(db.query, { ...place, messageId: question.parentId }),
      searchHistory: (query) =>
        recallTurns(db.query, { ...place, before: question.position, askedBy: answer.ownerId }, query),
      readHistory: (limits) => readHistory(db.query, { ...place, ...question }, limits),
      search: async (query, limit, filter) => (await search(query, limit, filter)).passages,
      searchInDetail: search,
      catalog: documentCatalog(db.query, projectId),
      tables: openTables(projectId, signal),
    }
    const input: GeneratorInput = {
      question: question.content,
      instructions: asked.instructions ?? settings.instructions,
      temperature: asked.temperature ?? settings.temperature ?? undefined,
      maxTokens: asked.maxTokens ?? settings.maxTokens ?? undefined,
      sources,
      trace,
      signal,
      pace: () => log.windowEnd(),
    }
    if (model === 'extractive') return { model: extractiveModel, events: generateExtractive(input) }
    const begun =
      continues === undefined ? undefined : await readBegunAnswer(db.unsyncedQuery, { ...place, messageId: continues })
    const events = generateFunctionCalling({ ...input, model, begun })
    return { model: model.id, events: begun === undefined ? events : afterBegun(begun, events) }
  }
}

function describeSearch({ passages, details }: PassageSearch): SearchDescription {
  return { passages, details: { ...details } }
}
