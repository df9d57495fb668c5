import type { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import type { Principal } from '../../accounts/principal.ts'
import { countQuestion, uncountQuestion } from '../../accounts/question-count-store.ts'
import { readAnswerSettings } from '../../answers/answer-settings-store.ts'
import type { Message } from '../../chats/chat.ts'
import { requireOwnChat } from '../../chats/chat-store.ts'
import { findMessage } from '../../chats/message-store.ts'
import {
  findSentQuestion,
  type QuestionIds,
  type QuestionInput,
  type SentQuestion,
  sendMessage,
} from '../../chats/send-message.ts'
import type { Queryable } from '../../database/database.ts'
import { invalidField, QuoryError } from '../../errors.ts'
import type { AnswerId, ChatId, MessageId, ProjectId } from '../../ids.ts'
import type { Project } from '../../projects/project.ts'
import { findPrompt, requirePrompt } from '../../projects/prompt-store.ts'
import type { Services } from '../services.ts'
import { findAskedBrain } from './find-brain.ts'
import { labelsOf, type ReplyLabels } from './present.ts'
import type { question } from './schemas.ts'

export type AskServices = Pick<Services, 'config' | 'db' | 'models' | 'wakeUp' | 'node' | 'callerKeys' | 'hasWorkers'>

export interface Ask {
  readonly ids: QuestionIds
  readonly chatId: ChatId
  readonly body: z.output<typeof question>
  /** Of the query, which wins over the body's. */
  readonly brainId: ProjectId | null
  readonly openaiKey: string | undefined
}

export interface Asked {
  readonly projectId: ProjectId
  readonly answerId: AnswerId
  readonly question: Message
  readonly replyId: MessageId
  readonly labels: ReplyLabels
}

/** Stores the question and begins its answer, unless the caller's day is used up; nothing refused is counted. */
export async function askQuestion(services: AskServices, principal: Principal, ask: Ask): Promise<Asked> {
  const { db, config } = services
  requireScope(principal, 'chat')
  const { ids, body, chatId, openaiKey } = ask
  if (openaiKey !== undefined && !services.hasWorkers) throw keyCannotBeUsed()
  const { projectId } = await requireOwnChat(db.query, principal, chatId)
  const before = await findSentQuestion(services, principal, { ids, projectId, chatId, openaiKey })
  if (before !== undefined) return await findAsked(db.query, before)
  const named = ask.brainId ?? body.brain_id ?? null
  const { searchProjectId, brain } = await findAskedBrain(db, principal, projectId, named)
  const settings = await readAnswerSettings(db.query, searchProjectId)
  const asked = body.prompt_id === null ? undefined : await requirePrompt(db.query, principal, body.prompt_id)
  const labels: ReplyLabels = {
    brain_id: brain?.id ?? null,
    brain_name: brain?.name ?? null,
    prompt_title: asked?.title ?? (await findBrainPromptTitle(db.query, principal, brain)),
  }
  const model = body.model || settings.model
  const limit =
    openaiKey !== undefined && (await isPaidByCaller(services, model, openaiKey)) ? undefined : config.dailyQuestions
  const sent = await sendWithin(services, principal, limit, {
    ids,
    projectId,
    chatId,
    content: body.question,
    metadata: {},
    replyMetadata: { ...labels },
    model,
    parameters: {
      searchProjectId,
      instructions: asked?.content ?? settings.instructions,
      temperature: body.temperature ?? settings.temperature,
      maxTokens: body.max_tokens ?? settings.maxTokens,
    },
    openaiKey,
  })
  return { ...sent, projectId, labels }
}

/** A caller's key is never stored, so only the process that was told it can use it. */
function keyCannotBeUsed(): QuoryError {
  const message =
    'This server runs without a worker, so it cannot use a key of your own: ask without, or on another server'
  return new QuoryError('model_unavailable', message)
}

async function findBrainPromptTitle(
  db: Queryable,
  principal: Principal,
  brain: Pick<Project, 'prompt_id'> | undefined,
): Promise<string | null> {
  if (brain === undefined || brain.prompt_id === null) return null
  return (await findPrompt(db, principal, brain.prompt_id))?.title ?? null
}

/** The caller's own key lifts the limit only where it is used: another provider's model is still the server's to pay. */
async function isPaidByCaller(
  { config, models }: Pick<AskServices, 'config' | 'models'>,
  name: string | null,
  openaiKey: string,
): Promise<boolean> {
  if (config.dailyQuestions === undefined) return true
  try {
    const model = await models.resolve(name ?? undefined, { openaiKey })
    return model !== 'extractive' && model.id.startsWith('openai/')
  } catch (error) {
    // It will fail for the same reason, in its own time and place.
    if (error instanceof QuoryError && error.code === 'model_unavailable') return false
    throw error
  }
}

async function sendWithin(
  services: AskServices,
  principal: Principal,
  limit: number | undefined,
  input: QuestionInput,
): Promise<SentQuestion> {
  const { query } = services.db
  if (limit === undefined) return await sendMessage(services, principal, input)
  if (!(await countQuestion(query, principal.userId, limit))) {
    throw new QuoryError('too_many_questions', 'You have reached the maximum number of requests for today.')
  }
  let isCounted = false
  try {
    const sent = await sendMessage(services, principal, input)
    isCounted = sent.isNew
    return sent
  } finally {
    if (!isCounted) await uncountQuestion(query, principal.userId)
  }
}

/** What an earlier run of the same request asked, whatever has become of the brain since. */
async function findAsked(db: Queryable, sent: SentQuestion): Promise<Asked> {
  const reply = await findMessage(db, sent.question, sent.replyId)
  return { ...sent, projectId: sent.question.projectId, labels: labelsOf(reply?.metadata ?? {}) }
}

/** The caller's own OpenAI key of the header; early web pages sent an empty one when there was none. */
export function openaiKeyOf(header: string | undefined): string | undefined {
  const key = header?.trim() ?? ''
  if (key === '') return undefined
  if (/^[\x21-\x7e]{1,500}$/.test(key)) return key
  const msg = 'Value error, not an API key'
  throw invalidField({ type: 'value_error', loc: ['header', 'openai-api-key'], msg })
}
