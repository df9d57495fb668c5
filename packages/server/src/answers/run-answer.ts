import type { Database } from '../database/database.ts'
import { QuoryError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { ModelError } from '../models/language-model.ts'
import { type ClaimedAnswer, FencedError, maxAttempts } from './answer.ts'
import { type AnswerEnd, finishAnswer } from './answer-end-store.ts'
import type { AnswerFailure, AnswerUsage, GeneratedEvent } from './answer-event.ts'
import { readAttemptText } from './answer-event-store.ts'
import type { AnswerLog } from './answer-log.ts'
import { findLastNumber, keepAttempt, listAttempts } from './answer-store.ts'
import type { AnswerWriter } from './answer-writer.ts'
import type { Citation } from './citation.ts'
import type { StartGenerator } from './start-generator.ts'

export interface RunDependencies {
  readonly db: Database
  readonly log: AnswerLog
  readonly node: string
  readonly logger: Logger
  readonly startGenerator: StartGenerator
}

/** Why a running answer's signal aborts. */
export type StopReason = 'cancelled' | 'shutdown' | 'fenced'

/** An attempt that a rolling restart cut short is no failure of the answer's. */
const shutdownReason = 'the node was shut down'
const deadReason = 'the node that generated it died'

interface Draft {
  content: string
  model: string
  usage: AnswerUsage | null
  readonly citations: Citation[]
}

/**
 * Generates a claimed answer to its end. Whatever happens, what was shown is kept: the end and the message are stored in
 * one transaction, or (lease lost, shutdown) the log stays as it is for the next attempt.
 */
export async function runAnswer(
  dependencies: RunDependencies,
  answer: ClaimedAnswer,
  signal: AbortSignal,
): Promise<void> {
  const { db, log, logger, node } = dependencies
  const lastNumber = await findLastNumber(db.query, answer)
  using writer = log.openWriter({ ...answer, lastNumber })
  const draft: Draft = { content: '', model: answer.model ?? '', usage: null, citations: [] }
  try {
    const longest = answer.attempt > 1 ? await recoverAttempts(dependencies, answer) : undefined
    if (answer.isCancelRequested) {
      draft.content = longest?.content ?? ''
      return await finish(dependencies, answer, writer, draft, { status: 'cancelled', error: null })
    }
    if (longest !== undefined && longest.deaths >= maxAttempts) {
      draft.content = longest.content
      const error = { code: 'attempts_exhausted', message: `${maxAttempts} attempts were cut off: ${deadReason}` }
      return await finish(dependencies, answer, writer, draft, { status: 'failed', error })
    }
    if (answer.attempt > 1) await writer.append({ type: 'answer-restart', attempt: answer.attempt })
    const outcome = await generate(dependencies, answer, writer, draft, signal)
    if (outcome === 'released') return
    await finish(dependencies, answer, writer, draft, outcome)
  } catch (error) {
    if (!(error instanceof FencedError)) throw error
    logger.warn({ answer: answer.answerId, node }, 'another attempt took this answer over')
  }
}

/** Keeps the text of the attempt that ended without an end, and counts those that died. */
async function recoverAttempts(
  { db }: RunDependencies,
  answer: ClaimedAnswer,
): Promise<{ deaths: number; content: string }> {
  const previous = answer.attempt - 1
  const content = await readAttemptText(db.query, answer, previous)
  await keepAttempt(db.query, answer, { attempt: previous, content, reason: deadReason })
  const attempts = await listAttempts(db.query, answer)
  return {
    deaths: attempts.filter((attempt) => attempt.reason === deadReason).length,
    content: attempts
      .map((attempt) => attempt.content)
      .reduce((longest, text) => (text.length > longest.length ? text : longest), ''),
  }
}

type Outcome = 'released' | Pick<AnswerEnd, 'status' | 'error'>

async function generate(
  dependencies: RunDependencies,
  answer: ClaimedAnswer,
  writer: AnswerWriter,
  draft: Draft,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const { model, events } = await dependencies.startGenerator(answer, signal)
    draft.model = model
    await writer.append({ type: 'answer-start', attempt: answer.attempt, model })
    for await (const event of events) {
      signal.throwIfAborted()
      await take(event, writer, draft)
    }
    if (signal.aborted) return await stopped(dependencies, answer, writer, draft, signal)
    return { status: 'completed', error: null }
  } catch (error) {
    if (error instanceof FencedError) throw error
    if (signal.aborted) return stopped(dependencies, answer, writer, draft, signal)
    return { status: 'failed', error: describeFailure(error, dependencies.logger, answer) }
  }
}

async function take(event: GeneratedEvent, writer: AnswerWriter, draft: Draft): Promise<void> {
  switch (event.type) {
    case 'usage':
      draft.usage = {
        input_tokens: (draft.usage?.input_tokens ?? 0) + event.inputTokens,
        output_tokens: (draft.usage?.output_tokens ?? 0) + event.outputTokens,
      }
      return
    case 'text-delta': {
      // PostgreSQL text cannot hold NUL, and the message must equal what was streamed.
      const text = event.text.replaceAll('\0', '')
      if (text === '') return
      draft.content += text
      return writer.append({ type: 'text-delta', text })
    }
    case 'citation':
      draft.citations.push(event.citation)
      return writer.append(event)
    default:
      return writer.append(event)
  }
}

async function stopped(
  { db }: RunDependencies,
  answer: ClaimedAnswer,
  writer: AnswerWriter,
  draft: Draft,
  signal: AbortSignal,
): Promise<Outcome> {
  const reason = signal.reason as StopReason
  if (reason === 'cancelled') return { status: 'cancelled', error: null }
  if (reason === 'fenced') throw new FencedError('the lease of this answer was lost')
  await writer.flush()
  await keepAttempt(db.query, answer, { attempt: answer.attempt, content: draft.content, reason: shutdownReason })
  return 'released'
}

async function finish(
  { db, node }: RunDependencies,
  answer: ClaimedAnswer,
  writer: AnswerWriter,
  draft: Draft,
  { status, error }: Pick<AnswerEnd, 'status' | 'error'>,
): Promise<void> {
  await writer.flush()
  const end = { ...draft, status, error }
  writer.publishStored(await finishAnswer(db, answer, { node, number: writer.lastNumber + 1, end }))
}

function describeFailure(error: unknown, logger: Logger, answer: ClaimedAnswer): AnswerFailure {
  if (error instanceof ModelError) return { code: `model_${error.reason}`, message: error.message }
  if (error instanceof QuoryError) return { code: error.code, message: error.message }
  logger.error({ answer: answer.answerId, error }, 'generating an answer failed')
  return { code: 'internal_error', message: 'The server could not generate this answer; its log says why.' }
}
