import type { Database } from '../database/database.ts'
import { storageFailureOf } from '../database/storage-failure.ts'
import { QuoryError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { ModelError } from '../models/language-model.ts'
import { type ClaimedAnswer, FencedError, maxAttempts } from './answer.ts'
import { type AnswerEnd, finishAnswer } from './answer-end-store.ts'
import { findLastNumber, keepAttempt } from './answer-store.ts'
import type { Citation } from './citations/citation.ts'
import type { AnswerDetails, AnswerFailure, AnswerUsage, GeneratedEvent } from './log/answer-event.ts'
import type { AnswerLog } from './log/answer-log.ts'
import { emptySnapshot } from './log/answer-snapshot.ts'
import type { AnswerWriter } from './log/answer-writer.ts'
import { deadReason, type RecoveredAttempts, recoverAttempts } from './recover-attempts.ts'
import type { StartGenerator } from './start-generator.ts'
import { packTrace } from './traces/pack-trace.ts'
import { TraceRecorder } from './traces/trace-recorder.ts'
import { type StorageWait, waitForStorage } from './wait-for-storage.ts'

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
const storageReason = 'the database was away'
const leaveAfterStopMs = 5_000
const noAttempts: RecoveredAttempts = { deaths: 0, longest: emptySnapshot, shown: emptySnapshot }

interface Draft {
  content: string
  model: string
  usage: AnswerUsage | null
  details: AnswerDetails | null
  readonly citations: Citation[]
  /** Null when nothing was generated. */
  readonly trace: TraceRecorder | null
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
  const beforeStop = { logger, isOver: () => signal.aborted }
  const lastNumber = await waitForStorage(beforeStop, () => findLastNumber(db.unsyncedQuery, answer))
  using writer = log.openWriter({ ...answer, lastNumber })
  using waiting = waitUntilStopped(writer, signal, logger)
  const draft: Draft = {
    content: '',
    model: answer.model ?? '',
    usage: null,
    details: null,
    citations: [],
    trace: new TraceRecorder(),
  }
  try {
    const earlier = answer.attempt > 1 ? await waitForStorage(waiting, () => recoverAttempts(db, answer)) : noAttempts
    const end = (outcome: Pick<AnswerEnd, 'status' | 'error'>) =>
      finishWithKept(dependencies, { answer, writer, earlier, waiting }, outcome)
    if (answer.isCancelRequested) return await end({ status: 'cancelled', error: null })
    if (earlier.deaths >= maxAttempts) {
      const error = { code: 'attempts_exhausted', message: `${maxAttempts} attempts were cut off: ${deadReason}` }
      return await end({ status: 'failed', error })
    }
    if (answer.attempt > 1) await writer.append({ type: 'answer-restart', attempt: answer.attempt })
    const outcome = await generate(dependencies, answer, writer, draft, signal, waiting)
    if (outcome === 'released') return
    await finish(dependencies, answer, writer, draft, outcome, waiting)
  } catch (error) {
    if (!(error instanceof FencedError)) throw error
    const reason = waiting.isOver() ? 'the storage did not come back in time' : 'another attempt took this answer over'
    logger.warn({ answer: answer.answerId, node }, reason)
  }
}

/** Ends with what an earlier attempt had; readers who were shown another attempt's text since are shown that one again. */
async function finishWithKept(
  dependencies: RunDependencies,
  { answer, writer, earlier, waiting }: KeptAnswer,
  outcome: Pick<AnswerEnd, 'status' | 'error'>,
): Promise<void> {
  const { longest, shown } = earlier
  const { text, citations } = longest
  const model = longest.model ?? answer.model ?? ''
  if (longest !== shown) {
    await writer.append({ type: 'answer-restart', attempt: answer.attempt })
    await writer.append({ type: 'answer-start', attempt: answer.attempt, model })
    await writer.append({ type: 'text-delta', text })
    for (const citation of citations) await writer.append({ type: 'citation', citation })
  }
  const draft: Draft = { content: text, model, usage: null, details: null, citations: [...citations], trace: null }
  await finish(dependencies, answer, writer, draft, outcome, waiting)
}

interface KeptAnswer {
  readonly answer: ClaimedAnswer
  readonly writer: AnswerWriter
  readonly earlier: RecoveredAttempts
  readonly waiting: StorageWait
}

type Outcome = 'released' | Pick<AnswerEnd, 'status' | 'error'>

async function generate(
  dependencies: RunDependencies,
  answer: ClaimedAnswer,
  writer: AnswerWriter,
  draft: Draft,
  signal: AbortSignal,
  waiting: StorageWait,
): Promise<Outcome> {
  try {
    const { model, events } = await waitForStorage({ logger: dependencies.logger, isOver: () => signal.aborted }, () =>
      dependencies.startGenerator(answer, signal, draft.trace ?? new TraceRecorder()),
    )
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
    if (storageFailureOf(error) !== undefined) return await cutOff(dependencies, answer, writer, draft, waiting, error)
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
    case 'citation-counts':
      draft.details = { citations: event.counts }
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

/**
 * The generator itself could not read what it needs (a tool that searches, say). What it wrote so far stays as an
 * attempt that does not count as a death, and the answer is run again when the storage is back.
 */
async function cutOff(
  { db }: RunDependencies,
  answer: ClaimedAnswer,
  writer: AnswerWriter,
  draft: Draft,
  waiting: StorageWait,
  error: unknown,
): Promise<never> {
  await writer.flush()
  const kept = { attempt: answer.attempt, content: draft.content, reason: storageReason }
  await waitForStorage(waiting, () => keepAttempt(db.query, answer, kept))
  throw error
}

/** Until some time after the answer was told to stop: a storage that does not come back must not hold up a shutdown. */
function waitUntilStopped(writer: AnswerWriter, signal: AbortSignal, logger: Logger): StorageWait & Disposable {
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const leave = () => {
    isOver = true
    // What it still holds was shown to nobody.
    writer.fence()
  }
  const stop = () => {
    timer = setTimeout(leave, leaveAfterStopMs)
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop)
  return {
    logger,
    isOver: () => isOver,
    [Symbol.dispose]() {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    },
  }
}

async function finish(
  { db, node, logger }: RunDependencies,
  answer: ClaimedAnswer,
  writer: AnswerWriter,
  draft: Draft,
  { status, error }: Pick<AnswerEnd, 'status' | 'error'>,
  waiting: StorageWait,
): Promise<void> {
  const [trace] = await Promise.all([packDraft(draft, logger), writer.flush()])
  const ending = { node, number: writer.lastNumber + 1, end: { ...draft, status, error, trace } }
  writer.publishStored(await waitForStorage(waiting, () => finishAnswer(db, answer, ending)))
}

/** An answer ends whether or not it can be told how it was made. */
async function packDraft({ trace }: Draft, logger: Logger): Promise<Uint8Array | null> {
  if (trace === null) return null
  try {
    return await packTrace(trace.read())
  } catch (error) {
    logger.error({ err: error }, 'the trace of an answer could not be kept')
    return null
  }
}

function describeFailure(error: unknown, logger: Logger, answer: ClaimedAnswer): AnswerFailure {
  if (error instanceof ModelError) return { code: `model_${error.reason}`, message: error.message }
  if (error instanceof QuoryError) return { code: error.code, message: error.message }
  logger.error({ answer: answer.answerId, error }, 'generating an answer failed')
  return { code: 'internal_error', message: 'The server could not generate this answer; its log says why.' }
}
