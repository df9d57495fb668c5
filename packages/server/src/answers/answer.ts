import type { MessageStatus } from '../database/schema.ts'
import type { AnswerId, ChatId, MessageId, ProjectId, UserId } from '../ids.ts'

/** Where an answer is kept. */
export interface AnswerRef {
  readonly projectId: ProjectId
  readonly answerId: AnswerId
}

/**
 * What a question asks of its answer, beside its text. Stored with the answer; never holds a key. What is null here is
 * the searched project's to say, when the answer is made.
 */
export interface AnswerParameters {
  /** The project searched; another than the chat's when Quivr's `brain_id` names one. */
  readonly searchProjectId: ProjectId
  readonly instructions: string | null
  readonly temperature: number | null
  readonly maxTokens: number | null
  /** The message that ended early and is gone on from; absent when the answer is made from its beginning. */
  readonly continues?: MessageId | undefined
}

/** An answer that this node holds the lease of. `attempt` fences: a write with another attempt is refused. */
export interface ClaimedAnswer extends AnswerRef {
  readonly chatId: ChatId
  readonly questionId: MessageId
  readonly messageId: MessageId
  readonly ownerId: UserId
  readonly model: string | null
  readonly parameters: AnswerParameters
  readonly attempt: number
  readonly isCancelRequested: boolean
  /** Asked with the caller's own provider key, which only the node that took the question holds. */
  readonly needsCallerKey: boolean
}

export const maxAttempts = 3
/** A dead node's answer is taken over at most this long after its last renewal. */
export const leaseMs = 12_000
export const renewMs = 4_000

export function isFinished(status: MessageStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** The lease was lost: another attempt is running, or the answer is gone. Whoever holds this must stop writing. */
export class FencedError extends Error {
  override readonly name = 'FencedError'
}
