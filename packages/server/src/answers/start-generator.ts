import type { Database } from '../database/database.ts'
import { QuoryError } from '../errors.ts'
import type { AnswerId } from '../ids.ts'
import type { ModelRegistry } from '../models/model-registry.ts'
import type { RankingParts } from '../retrieval/rank-passages.ts'
import { searchPassages, searchPassagesInDetail } from '../retrieval/search-passages.ts'
import type { ClaimedAnswer } from './answer.ts'
import type { GeneratedEvent } from './answer-event.ts'
import type { AnswerLog } from './answer-log.ts'
import { readAnswerSettings } from './answer-settings-store.ts'
import { generateExtractive } from './generators/extractive.ts'
import { generateFunctionCalling } from './generators/function-calling.ts'
import type { AnswerSources, GeneratorInput } from './generators/generator.ts'
import { findQuestion, readHistory } from './history-store.ts'

export const extractiveModel = 'quory/extractive'

/** Begins to generate: which model answers, and its events. Fails before the first event when no model can. */
export type StartGenerator = (
  answer: ClaimedAnswer,
  signal: AbortSignal,
) => Promise<{ model: string; events: AsyncIterable<GeneratedEvent> }>

interface StartDependencies {
  readonly db: Database
  readonly models: ModelRegistry
  readonly ranking: RankingParts
  /** Callers' own OpenAI keys by answer: in memory only, never stored. */
  readonly callerKeys: ReadonlyMap<AnswerId, string>
  readonly log: AnswerLog
}

export function createStartGenerator({ db, models, ranking, callerKeys, log }: StartDependencies): StartGenerator {
  return async (answer, signal) => {
    const place = { projectId: answer.projectId, chatId: answer.chatId, messageId: answer.questionId }
    // Nothing of what is read here is shown before the answer's first event, which takes it along to the disk.
    const question = await findQuestion(db.unsyncedQuery, place)
    if (question === undefined) throw new QuoryError('message_not_found', 'The question was deleted')
    const openaiKey = callerKeys.get(answer.answerId)
    if (answer.needsCallerKey && openaiKey === undefined) {
      throw new QuoryError('model_unavailable', 'Your own key went with the server that took the question; ask again')
    }
    const { searchProjectId: projectId, ...asked } = answer.parameters
    const settings = await readAnswerSettings(db.unsyncedQuery, projectId)
    const model = await models.resolve(
      answer.model ?? settings.model ?? undefined,
      openaiKey === undefined ? {} : { openaiKey },
    )
    const sources: AnswerSources = {
      readHistory: (limits) => readHistory(db.query, { ...place, ...question }, limits),
      search: (query, limit) => searchPassages({ db, ...ranking }, { projectId, query, limit }),
      searchInDetail: (query, limit) => searchPassagesInDetail({ db, ...ranking }, { projectId, query, limit }),
    }
    const input: GeneratorInput = {
      question: question.content,
      instructions: asked.instructions ?? settings.instructions,
      temperature: asked.temperature ?? settings.temperature ?? undefined,
      maxTokens: asked.maxTokens ?? settings.maxTokens ?? undefined,
      sources,
      signal,
      pace: () => log.windowEnd(),
    }
    return model === 'extractive'
      ? { model: extractiveModel, events: generateExtractive(input) }
      : { model: model.id, events: generateFunctionCalling({ ...input, model }) }
  }
}
